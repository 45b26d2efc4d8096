import type { Harness, Report, SuiteOptions } from './harness.js'
import { type Planned, planFor } from './plan.js'
import { freshRealms, judge, misnamed, runScenario } from './run-scenario.js'
import type { Scenario } from './scenario.js'

/** Told of a run while it goes on. */
export interface Listener {
  planned?(planned: readonly Planned[], weaker: readonly string[]): void
  ended?(scenario: Scenario, error: Error | undefined, ms: number): void
}

/**
 * Examines a store: every scenario that fits what its sessions offer, one after the other, each in a realm of its own. Rejects
 * only when there is no store to examine; what a store does not keep is in the report.
 */
export function runConformance(
  name: string,
  createHarness: () => Promise<Harness>,
  options: SuiteOptions = {},
): Promise<Report> {
  return runAndTell(name, createHarness, options, {})
}

export async function runAndTell(
  name: string,
  createHarness: () => Promise<Harness>,
  options: SuiteOptions,
  listener: Listener,
): Promise<Report> {
  const harness = await createHarness()
  try {
    const realm = freshRealms()
    const { planned, names, weaker } = await planFor(harness, realm(), options.only)
    listener.planned?.(planned, weaker)
    const failed: { scenario: string; law: string; error: Error }[] = []
    const fail = (scenario: Scenario, error: Error) =>
      failed.push({ scenario: scenario.name, law: scenario.law, error })
    for (const plan of planned) {
      const { scenario } = plan
      const begun = performance.now()
      const error = judge(scenario.name, await runScenario(plan, realm(), options), options.knownGaps)
      if (error !== undefined) fail(scenario, error)
      listener.ended?.(scenario, error, performance.now() - begun)
    }
    const passed = planned.length - failed.length
    for (const gap of misnamed(options.knownGaps, names)) {
      const error = new Error(`knownGaps names ${gap}, but no scenario of ${name} is called so`)
      failed.push({ scenario: gap, law: 'knownGaps', error })
    }
    return { passed, failed, weaker }
  } finally {
    await harness.close()
  }
}
