import { rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { countTests, reportPath, sumUp } from './lib/count-tests.mjs'
import { args, root, wantsHelp } from './lib/process.mjs'
import { startRunServers } from './lib/run-servers.mjs'
import { turbo } from './lib/turbo.mjs'
import { workspacePackages } from './lib/workspace.mjs'

const usage = `Usage: pnpm test [package...] [vitest options]

Builds what is needed and runs the tests of every package, or of the ones named (core, memory, demo, ...). What
starts with a dash, and all that follows it, goes to vitest: pnpm test core -t 'first occurrence'.

Real servers that tests ask for are installed if need be, started once for the run, and stopped at its end; a URL in the
environment (AVOUT_REDIS_URL, ...) or what "pnpm servers up" keeps goes before: packages/servers.

The last line is "N passed, N failed". The exit code is not 0 if a test failed or a package ran none.`

if (wantsHelp) console.log(usage)
else process.exitCode = await test()

async function test() {
  const firstOption = args.findIndex((arg) => arg.startsWith('-'))
  const names = firstOption < 0 ? args : args.slice(0, firstOption)
  const vitestArgs = args.slice(names.length)
  const tested = (await workspacePackages(root)).filter(
    ({ manifest }) =>
      manifest.scripts?.test && (names.length === 0 || names.some((name) => manifest.name === `@avout/${name}`)),
  )
  const unknown = names.filter((name) => !tested.some(({ manifest }) => manifest.name === `@avout/${name}`))
  if (unknown.length > 0) {
    console.error(`No package with tests is called ${unknown.join(', ')}.`)
    return 2
  }
  // A report of an earlier run must not speak for this one.
  await Promise.all(tested.map(({ folder }) => rm(join(folder, reportPath), { force: true })))
  const filters = tested.map(({ manifest }) => `--filter=${manifest.name}`)
  const useServers = tested.some(
    ({ manifest: { dependencies, devDependencies } }) =>
      dependencies?.['@avout/servers'] ?? devDependencies?.['@avout/servers'],
  )
  const stopServers = useServers ? await startRunServers() : undefined
  let ended = 1
  try {
    ended = await turbo([
      'test',
      ...filters,
      '--continue=dependencies-successful',
      '--output-logs=new-only',
      // Leases, time limits and servers that are killed: what waits for the machine more than for the store tests nothing.
      `--concurrency=${Math.max(3, Math.floor(availableParallelism() / 2))}`,
      '--',
      ...vitestArgs,
    ])
  } finally {
    await stopServers?.()
  }

  const counts = await Promise.all(tested.map(({ manifest, folder }) => countTests(manifest.name, folder)))
  const { passed, failed, remarks } = sumUp(ended, counts)
  for (const remark of remarks) console.log(remark)
  console.log(`${passed} passed, ${failed} failed`)
  return failed === 0 ? 0 : 1
}
