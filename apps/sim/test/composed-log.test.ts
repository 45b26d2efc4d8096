import { Tally } from '@avout/core/testing'
import { expect, it } from 'vitest'
import { runComposedLog } from '../src/composed-log/run.js'

const SCHEDULES = 300

/** What has to come up, or the schedules prove nothing about it. */
const SOMETIMES = [
  'append',
  'append: no answer',
  'append: the log was trimmed beyond position … while it was written',
  'counter leapt',
  'counter went back',
  'crash',
  'entries missed',
  'epoch',
  'hole filled',
  'pause',
  'trim',
  'trim: no answer',
  'trimmed slot won',
  'trimmed under a reader',
]

it('keeps every promise of a log, whatever its stores do', { timeout: 120_000 }, async () => {
  const tally = new Tally()
  for (let seed = 1; seed <= SCHEDULES; seed++) {
    const report = await runComposedLog(seed)
    expect(report.violations, `seed ${seed}`).toEqual([])
    tally.add(report.tally)
  }
  const never = SOMETIMES.filter((what) => (tally.counts.get(what) ?? 0) === 0)
  expect(never).toEqual([])
})

it('takes the same course from the same seed', async () => {
  for (const seed of [3, 71, 340]) {
    const [once, again] = [await runComposedLog(seed), await runComposedLog(seed)]
    expect([again.hash, again.events]).toEqual([once.hash, once.events])
  }
})
