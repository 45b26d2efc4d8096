import { UsageError } from '@avout/cli'
import { NotToBeHadError, shared } from '@avout/servers'
import { WrongBalanceError } from './load.js'
import { measure } from './measure.js'
import { type BenchOptions, parseOptions } from './options.js'
import { Crew } from './processes/crew.js'
import { measureReplay } from './replay.js'
import { jsonLines, replayJson, replayTable, table } from './report.js'
import { type Setup, storeOf, systemsOf } from './setup.js'
import type { System } from './systems/system.js'
import { usage } from './usage.js'
import { workloads } from './workload.js'

export interface Output {
  write(text: string): unknown
}

/** The whole benchmark; resolves with its exit code. `systems` replaces what the options name. */
export async function bench(
  args: readonly string[],
  out: Output,
  err: Output,
  systems?: readonly System[],
): Promise<number> {
  try {
    out.write(await run(args, systems))
    return 0
  } catch (error) {
    if (error instanceof UsageError) {
      err.write(`${error.message}\n\n${usage}`)
      return 2
    }
    if (error instanceof WrongBalanceError || error instanceof NotToBeHadError) {
      err.write(`${error.message}\n`)
      return 1
    }
    throw error
  }
}

async function run(args: readonly string[], systems: readonly System[] | undefined): Promise<string> {
  const options = parseOptions(args)
  if (options.help) return usage
  const { kind } = options
  if (kind === undefined) return await runOn('', options, systems)
  const server = await shared(kind)
  try {
    return await runOn(server.url, options, systems)
  } finally {
    await server.close()
  }
}

async function runOn(url: string, options: BenchOptions, systems: readonly System[] | undefined): Promise<string> {
  const { workload, seconds, rounds, clients, processes, total, json } = options
  if (workload === 'R') {
    const result = await measureReplay(await storeOf({ ...options, url }), clients, seconds)
    return json ? replayJson(result, options) : replayTable(result, options)
  }
  const setup: Setup = { ...options, workload, url }
  await using crew = processes > 1 ? await Crew.start(setup) : undefined
  const alone = systems ?? (await systemsOf(setup))
  const measured = crew === undefined ? alone : alone.map((system, n) => crew.system(system, n))
  const results = await measure(measured, workloads[workload], seconds, rounds, total)
  return json ? jsonLines(results, options) : table(results, options)
}
