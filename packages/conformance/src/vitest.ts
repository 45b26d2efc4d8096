import { afterAll, describe, expect, it } from 'vitest'
import type { Harness, SuiteOptions } from './harness.js'
import { planFor } from './plan.js'
import { freshRealms, judge, misnamed, runScenario } from './run-scenario.js'

/** Vitest's own limit stands behind that of the scenario, which says more. */
const GRACE = 10_000

/** The suite as tests of vitest: one for each scenario that fits what the store's sessions offer. */
export function describeBackend(name: string, createHarness: () => Promise<Harness>, options: SuiteOptions = {}): void {
  // Which scenarios there are is known once the store has answered, so it is started while the tests are collected.
  describe(name, { timeout: (options.timeout ?? 30_000) + GRACE }, async () => {
    const harness = await createHarness()
    const realm = freshRealms()
    const { planned, names, weaker } = await planFor(harness, realm(), options.only)
    let run = 0
    for (const plan of planned) {
      const { scenario } = plan
      it(`${scenario.name} (${scenario.law})`, async () => {
        run++
        const error = judge(scenario.name, await runScenario(plan, realm(), options), options.knownGaps)
        if (error !== undefined) throw error
      })
    }
    it('knows its gaps by name', () => {
      expect(misnamed(options.knownGaps, names), 'knownGaps that no scenario bears the name of').toEqual([])
    })
    afterAll(async () => {
      await harness.close()
      const standIns = weaker.length === 0 ? '' : `; weaker promises: ${weaker.join(', ')}`
      process.stdout.write(`conformance of ${name}: ${run} scenarios${standIns}\n`)
    })
  })
}
