import type { Clock } from '../contracts/clock.js'
import { sleep } from './timers.js'

/** Begins at the time of day when the process began, and goes on steadily whatever happens to the machine's clock. */
export const clock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  sleep,
}
