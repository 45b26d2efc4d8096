import { Random } from '@avout/core/testing'
import { Bench } from './bench.js'
import type { SuiteOptions } from './harness.js'
import type { Planned } from './plan.js'

const TIMEOUT = 30_000

/** Runs one scenario in the realm given, which nobody has used before; answers why it failed, and undefined if it did not. */
export async function runScenario(
  { scenario, harness }: Planned,
  realm: string,
  { seed = 1, timeout = TIMEOUT }: SuiteOptions = {},
): Promise<Error | undefined> {
  const bench = new Bench(harness, realm, new Random(seed).stream(scenario.name))
  try {
    await within(timeout, scenario.run(bench))
    await within(timeout, bench.close())
    return undefined
  } catch (error) {
    const failure = error instanceof Error ? error : new Error(`it threw ${String(error)}`)
    // It may have hung. An error of closing says less than the one that is known.
    await Promise.race([bench.close(), bench.clock.sleep(1000)]).catch((closing: unknown) => {
      failure.cause ??= closing
    })
    return failure
  } finally {
    bench.dispose()
  }
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it did not end within ${ms} ms`)), ms)
  })
  try {
    await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/** What a run says of a scenario that failed with `error`, or did not: a known gap has to fail. */
export function judge(name: string, error: Error | undefined, gaps: SuiteOptions['knownGaps']): Error | undefined {
  const gap = gapOf(gaps, name)
  if (gap === undefined) return error
  return error === undefined ? new Error(`${name} is kept now: strike it from knownGaps ("${gap}")`) : undefined
}

/** A gap for every known one that no scenario bears the name of. */
export function misnamed(gaps: SuiteOptions['knownGaps'], names: readonly string[]): string[] {
  return Object.keys(gaps ?? {}).filter((gap) => !names.includes(gap))
}

function gapOf(gaps: SuiteOptions['knownGaps'], name: string): string | undefined {
  return gaps !== undefined && Object.hasOwn(gaps, name) ? gaps[name] : undefined
}

/** Realms that no earlier run has used: stores remember. */
export function freshRealms(): () => string {
  const run = crypto.randomUUID().slice(0, 8)
  let last = 0
  return () => `conformance-${run}-${++last}`
}
