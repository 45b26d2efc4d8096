import { describe, expect, it } from 'vitest'
import { readRegressions } from '../src/run/regressions.js'
import { runSchedule } from '../src/run/run-schedule.js'
import { planOf } from '../src/world/plan.js'
import { PROFILES } from '../src/world/profiles.js'
import { WORK } from '../src/world/work/kinds.js'

const regressions = await readRegressions(new URL('../seeds.json', import.meta.url))

describe('a plan', () => {
  it('is drawn from its seed', () => {
    expect(planOf(7, 'all')).toEqual(planOf(7, 'all'))
    expect(planOf(7, 'all')).not.toEqual(planOf(8, 'all'))
  })

  it('has every kind of work and every fault, and none of them always', () => {
    const plans = Array.from({ length: 500 }, (_, seed) => planOf(seed, 'all'))
    for (const fault of [
      'lost',
      'answerLost',
      'late',
      'duplicate',
      'stale',
      'partial',
      'pushLost',
      'leaseEarly',
    ] as const) {
      const on = plans.filter(({ faults }) => faults[fault] > 0).length
      expect({ fault, often: on > 100 && on < 400 }).toEqual({ fault, often: true })
    }
    const kinds = new Set(plans.flatMap((plan) => plan.kinds.map(([kind]) => kind)))
    expect([...kinds, 'ambient', 'send', 'runAgent'].sort()).toEqual(Object.keys(WORK).sort())
  })

  it('knows its profile', () => {
    expect(() => planOf(1, 'none')).toThrow('there is no profile "none"')
  })
})

describe('a schedule', () => {
  it.each([1, 2, 3, 4, 5])('takes the same course from the same seed (%i)', async (seed) => {
    const [first, second, other] = [
      await runSchedule(seed, 'all'),
      await runSchedule(seed, 'all'),
      await runSchedule(seed + 1000, 'all'),
    ]
    expect(second).toEqual(first)
    expect(other.hash).not.toBe(first.hash)
  })

  it.each(PROFILES.map(({ name }) => name))('of profile %s violates nothing', { timeout: 60_000 }, async (profile) => {
    for (let seed = 1; seed <= 60; seed++) {
      const { violations } = await runSchedule(seed, profile)
      expect({ seed, violations }).toEqual({ seed, violations: [] })
    }
  })
})

describe('a seed that failed once', () => {
  it.each(regressions)('$profile $seed: $violation', async ({ profile, seed }) => {
    const { violations } = await runSchedule(seed, profile)
    expect(violations).toEqual([])
  })
})
