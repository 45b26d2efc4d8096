import { randomUUID } from 'node:crypto'
import { shared } from '@avout/servers'
import { faultsOf, twiceCarried } from './check.js'
import { deliver } from './deliver.js'
import { parseOptions, UsageError, usage } from './options.js'

async function run(args: readonly string[]): Promise<number> {
  const options = parseOptions(args)
  if (options.help) {
    process.stdout.write(usage)
    return 0
  }
  const say = (line: string): void => void process.stdout.write(`${line}\n`)
  const server = await shared('redis')
  try {
    const began = performance.now()
    const realm = `letters-${randomUUID().slice(0, 8)}`
    const mail = await deliver({ ...options, url: server.url, realm, next: numbers(options.seed), say })
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    say(`${mail.delivered.count} letters in ${seconds} s, ${mail.kills} kills, ${twiceCarried(mail)} carried twice`)
    const faults = faultsOf(mail)
    for (const fault of faults.slice(0, 20)) say(fault)
    say(faults.length === 0 ? 'each letter counts once, under one key' : `${faults.length} faults`)
    return faults.length === 0 ? 0 : 1
  } finally {
    await server.close()
  }
}

/** Numbers by chance, the same from the same seed (Park and Miller). */
function numbers(seed: number): (n: number) => number {
  let state = (seed % 2_147_483_646) + 1
  return (n) => {
    state = (state * 48_271) % 2_147_483_647
    return state % n
  }
}

try {
  process.exitCode = await run(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  process.stderr.write(`${error.message}\n\n${usage}`)
  process.exitCode = 2
}
