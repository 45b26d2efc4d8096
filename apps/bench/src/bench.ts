import { UsageError } from '@avout/cli'
import { backends } from './backends.js'
import { WrongBalanceError } from './load.js'
import { measure } from './measure.js'
import { parseOptions, usage } from './options.js'
import { peers } from './peers.js'
import { measureReplay } from './replay.js'
import { jsonLines, replayJson, replayTable, table } from './report.js'
import { avout } from './systems/avout.js'
import type { System } from './systems/system.js'
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
    if (error instanceof WrongBalanceError) {
      err.write(`${error.message}\n`)
      return 1
    }
    throw error
  }
}

async function run(args: readonly string[], systems: readonly System[] | undefined): Promise<string> {
  const options = parseOptions(args)
  if (options.help) return usage
  const openStore = backends[options.backend]
  if (options.workload === 'R') {
    const result = await measureReplay(openStore, options.clients, options.seconds)
    return options.json ? replayJson(result, options) : replayTable(result, options)
  }
  const measured = systems ?? [
    avout(openStore, options.clients),
    ...(options.against === undefined ? [] : [peers[options.against]]),
  ]
  const results = await measure(measured, workloads[options.workload], options.seconds)
  return options.json ? jsonLines(results, options) : table(results, options)
}
