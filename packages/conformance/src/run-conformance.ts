import type { Harness, Report, SuiteOptions } from './harness.js'
import { planFor } from './plan.js'
import { freshRealms, judge, misnamed, runScenario } from './run-scenario.js'

/**
 * Examines a store: every scenario that fits what its sessions offer, one after the other, each in a realm of its own. Rejects
 * only when there is no store to examine; what a store does not keep is in the report.
 */
export async function runConformance(
  name: string,
  createHarness: () => Promise<Harness>,
  options: SuiteOptions = {},
): Promise<Report> {
  const harness = await createHarness()
  try {
    const realm = freshRealms()
    const { planned, weaker } = await planFor(harness, realm())
    const failed: { scenario: string; law: string; error: Error }[] = []
    for (const plan of planned) {
      const { scenario } = plan
      const error = judge(scenario.name, await runScenario(plan, realm(), options), options.knownGaps)
      if (error !== undefined) failed.push({ scenario: scenario.name, law: scenario.law, error })
    }
    const passed = planned.length - failed.length
    const names = planned.map(({ scenario }) => scenario.name)
    for (const gap of misnamed(options.knownGaps, names)) {
      const error = new Error(`knownGaps names ${gap}, but no scenario of ${name} is called so`)
      failed.push({ scenario: gap, law: 'knownGaps', error })
    }
    return { passed, failed, weaker }
  } finally {
    await harness.close()
  }
}
