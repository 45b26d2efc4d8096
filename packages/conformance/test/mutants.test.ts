import { describe, expect, it } from 'vitest'
import { planFor } from '../src/plan.js'
import { runScenario } from '../src/run-scenario.js'
import { MUTANTS } from './mutants/index.js'
import { harnessOf, type Mutation } from './mutants/mutant.js'

/** Some mutants hang: that is how they fail. */
const TIMEOUT = 3000

async function verdict(mutation: Mutation, name: string): Promise<Error | undefined> {
  const harness = harnessOf(mutation)
  try {
    const { planned } = await planFor(harness, 'plan')
    const plan = planned.find(({ scenario }) => scenario.name === name)
    if (plan === undefined) throw new Error(`no scenario is called ${name}`)
    return await runScenario(plan, 'realm', { timeout: TIMEOUT })
  } finally {
    await harness.close()
  }
}

describe.concurrent('the suite catches', () => {
  for (const { name, caughtBy, make } of MUTANTS) {
    it(`${name} (${caughtBy})`, { timeout: 20_000 }, async () => {
      expect(await verdict(make(), caughtBy)).toBeInstanceOf(Error)
    })
  }
})

/** A composed log is core's own code, under the same laws: core's simulation plants the bugs there. */
const CORES = /^composed(-engine)?\//

it('has a mutant for every scenario', async () => {
  const bare: Mutation = {
    bare: true,
    session: ({ log, versions, state }) => ({
      log: { ...log, maxBytes: 100_000 },
      versions: { maxBytes: 100_000, container: versions.container },
      state: (name) => {
        const { compareAndSetState, watchState, ...rest } = state(name)
        return rest
      },
    }),
  }
  const unseen: Mutation = { bare: true, session: () => ({ lock: undefined as never }) }
  const dear: Mutation = { session: ({ versions }) => ({ versions: { ...versions, behind: 20 } }) }
  const names = new Set<string>()
  for (const mutation of [{}, bare, unseen, dear, { session: () => NOTHING }]) {
    const { planned } = await planFor(harnessOf(mutation), 'plan')
    for (const { scenario } of planned) if (!CORES.test(scenario.name)) names.add(scenario.name)
  }
  const caught = new Set(MUTANTS.map(({ caughtBy }) => caughtBy))
  expect([...names].filter((name) => !caught.has(name))).toEqual([])
})

const NOTHING = Object.fromEntries(
  ['log', 'counter', 'lock', 'versions', 'state'].map((primitive) => [primitive, undefined]),
) as never
