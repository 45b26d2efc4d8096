import { describe, expect, it } from 'vitest'
import { runConformance, type SuiteOptions } from '../src/index.js'
import { harnessOf, type Mutation } from './mutants/mutant.js'
import { SOUND } from './mutants/sound.js'

describe.concurrent('the suite passes', () => {
  for (const { name, weaker, mutation, only } of SOUND) {
    it(name, { timeout: 240_000 }, async () => {
      const report = await runConformance(name, async () => harnessOf(mutation()), { only })
      expect(report.failed).toEqual([])
      expect(report.weaker).toEqual(weaker)
      expect(report.passed).toBeGreaterThan(5)
    })
  }
})

describe.concurrent('known gaps', () => {
  const lossy: Mutation = {
    session: ({ log }) => ({ log: { ...log, floor: async () => 1 }, ...({ lock: undefined } as object) }),
  }
  const failuresOf = async (options: SuiteOptions) => {
    const { failed } = await runConformance('lossy', async () => harnessOf(lossy), { ...options, only: /^log\// })
    return failed
  }
  const known = Object.fromEntries(
    ['', '-never-lowers', '-last-stays', '-together'].map((which) => [`log/trim${which}`, 'the floor is not told']),
  )
  const gaps = { ...known, 'log/durable': 'nor kept' }

  it('fail where they are not known', { timeout: 120_000 }, async () => {
    const failed = await failuresOf({})
    expect(failed.map(({ scenario }) => scenario).sort()).toEqual(Object.keys(gaps).sort())
    expect(failed.every(({ law, error }) => law !== '' && error instanceof Error)).toBe(true)
  })

  it('pass where they are', { timeout: 120_000 }, async () => {
    expect(await failuresOf({ knownGaps: gaps })).toEqual([])
  })

  it('fail when they have closed, and when no scenario bears their name', { timeout: 120_000 }, async () => {
    const failed = await failuresOf({ knownGaps: { ...gaps, 'log/dense': 'it is kept', 'log/dens': 'a slip' } })
    expect(failed.map(({ scenario }) => scenario)).toEqual(['log/dense', 'log/dens'])
  })
})
