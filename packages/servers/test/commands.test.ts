import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { expectGone } from './gone.js'
import { dist, runProgram } from './process.js'

/** A temporary folder of its own, so that what the developer keeps up is not touched. */
let folder: string
let env: NodeJS.ProcessEnv

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'avout-cmd-'))
  await chmod(folder, 0o755)
  env = { ...process.env, TMPDIR: folder, AVOUT_SERVERS_RUN: '', AVOUT_REDIS_URL: '' }
})

afterEach(async () => {
  await servers('down')
  await rm(folder, { recursive: true })
})

async function servers(...args: string[]): Promise<{ code: number; said: string }> {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [fileURLToPath(new URL('main.js', dist)), ...args], {
      env,
    })
    return { code: 0, said: stdout }
  } catch (error) {
    if (!(error instanceof Error && 'stdout' in error && 'code' in error)) throw error
    return { code: Number(error.code), said: String(error.stdout) }
  }
}

it('keeps servers up between processes, lists them, and stops one or all', async () => {
  const up = await servers('up', 'redis', 'redis-everysec')
  const [, redis, everysec] = /^redis (\S+)\nredis-everysec (\S+)\n$/.exec(up.said) ?? []
  expect([up.code, redis, everysec]).toEqual([
    0,
    expect.stringContaining('redis://'),
    expect.stringContaining('redis://'),
  ])
  expect((await servers('up', 'redis')).said).toBe(`redis ${redis}\n`)

  const { child, line } = runProgram(
    `const server = await servers.shared('redis'); console.log(server.url); await server.close()`,
    env,
  )
  expect(await line()).toBe(redis)
  if (child.exitCode === null) await new Promise((resolve) => child.on('exit', resolve))

  const status = (await servers('status')).said
  const rows = status
    .trimEnd()
    .split('\n')
    .map((row) => row.split(/ {2,}/))
  expect(rows).toEqual([
    ['kind', 'url', 'pid', 'up for'],
    ['redis', redis, expect.stringMatching(/^\d+$/), expect.stringMatching(/^\d+ (s|min)$/)],
    ['redis-everysec', everysec, expect.stringMatching(/^\d+$/), expect.stringMatching(/^\d+ (s|min)$/)],
  ])
  const pids = rows.slice(1).map((row) => Number(row[2]))

  expect((await servers('down', 'redis')).said).toBe('Stopped redis.\n')
  expect((await servers('status', 'redis')).said).toBe('No servers are up.\n')
  expect((await servers('status')).said).not.toContain(`${redis} `)
  expect((await servers('down')).said).toBe('Stopped redis-everysec.\n')
  await expectGone({ pids, folders: [], ports: [] })
  expect(await readdir(folder)).toEqual([])
}, 60_000)

it('starts anew what was killed, and so does a host that was killed', async () => {
  await servers('up', 'redis')
  const pidOf = async () => Number(/redis:\S+ +(\d+)/.exec((await servers('status')).said)?.[1])
  const first = await pidOf()
  process.kill(first, 'SIGKILL')
  await expectGone({ pids: [first], folders: [], ports: [] })
  await servers('up', 'redis')
  const second = await pidOf()
  expect(second).not.toBe(first)

  const program = `console.log((await import(new URL('host-client.js', ${JSON.stringify(dist.href)})).then((client) => client.askHost(client.keptSocket(), { ask: 'list' }))).pid)`
  const host = Number(await runProgram(program, env).line())
  process.kill(host, 'SIGKILL')
  await expectGone({ pids: [host, second], folders: [], ports: [] })
  expect((await servers('status')).said).toBe('No servers are up.\n')
  expect((await servers('up', 'redis')).code).toBe(0)
}, 60_000)

it('explains itself, and refuses what it does not know', async () => {
  expect(await servers('--help')).toEqual({
    code: 0,
    said: expect.stringContaining('Usage: pnpm servers up|down|status'),
  })
  expect((await servers()).code).toBe(2)
  expect((await servers('sideways')).code).toBe(2)
  expect(await servers('up', 'oracle')).toEqual({ code: 2, said: expect.stringContaining("called 'oracle'") })
  expect(await servers('down')).toEqual({ code: 0, said: 'Nothing to stop.\n' })
  expect(existsSync(join(folder, 'host.sock'))).toBe(false)
})
