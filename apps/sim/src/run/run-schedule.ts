import type { SchedulerOptions } from '@avout/core/testing'
import { judge } from '../judge/judge.js'
import { planOf } from '../world/plan.js'
import { World } from '../world/world.js'

export interface ScheduleReport {
  readonly violations: readonly string[]
  readonly tally: ReadonlyMap<string, number>
  readonly events: number
  /** Of all that happened: equal for equal seeds. */
  readonly hash: string
}

/** What goes to the machine's own queues runs only when an event is over: promises first, then this. */
export function drain(next: () => void): void {
  void Promise.resolve().then(() => process.nextTick(next))
}

/** Runs and judges the world of one seed. */
export async function runSchedule(
  seed: number,
  profile: string,
  options: Pick<SchedulerOptions, 'trace'> = {},
): Promise<ScheduleReport> {
  const world = new World(planOf(seed, profile), { drain, ...options })
  await world.run()
  const violations = await judge(world)
  if (violations.length === 0) await world.close()
  return {
    violations: violations.length === 0 ? world.violations : violations,
    tally: world.tally.counts,
    events: world.scheduler.events,
    hash: world.scheduler.hash,
  }
}
