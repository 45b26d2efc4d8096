import type { SchedulerOptions } from '@avout/core/testing'
import { drain, type ScheduleReport } from '../run/run-schedule.js'
import { judge } from './judge.js'
import { planOf } from './plan.js'
import { World } from './world.js'

/** What the profile is called that looks at a composed log alone, without an engine above it. */
export const SLOTS = 'slots'

/** Runs and judges the composed log of one seed. */
export async function runComposedLog(
  seed: number,
  options: Pick<SchedulerOptions, 'trace'> = {},
): Promise<ScheduleReport> {
  const world = new World(planOf(seed), { drain, ...options })
  await world.run()
  judge(world.ledger)
  return {
    violations: world.ledger.violations,
    tally: world.tally.counts,
    events: world.scheduler.events,
    hash: world.scheduler.hash,
  }
}
