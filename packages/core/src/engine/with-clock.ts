import type { Clock } from '../contracts/clock.js'
import type { Platform } from '../platform/platform.js'

/** The machine, but for its time: timers follow the clock as well. */
export function withClock(platform: Platform, clock: Clock): Platform {
  return {
    clock,
    random: () => platform.random(),
    randomId: () => platform.randomId(),
    hash: (previous, bytes) => platform.hash(previous, bytes),
    defer: (task) => platform.defer(task),
    createContext: () => platform.createContext(),
    setTimer: (ms, task) => {
      const cancelled = new AbortController()
      clock.sleep(ms, cancelled.signal).then(task, ignoreCancel)
      return { cancel: () => cancelled.abort(), ref: nothing, unref: nothing }
    },
  }
}

/** A cancelled timer rings no more. */
function ignoreCancel(): void {}

/** Whether a sleep keeps the process alive is the clock's own affair. */
function nothing(): void {}
