import type { Clock } from '@avout/core/backend'
import { Scheduler } from '@avout/core/testing'
import { type MemoryOptions, memory } from '../src/index.js'

/** For who does not look at time. */
const still: Clock = { now: () => 0, sleep: () => new Promise(() => undefined) }

export const openSession = (backend = memory(), realm = 'realm', clock = still) =>
  backend.open({ realm, clock, report: () => undefined })

export const openNew = (options?: MemoryOptions) => openSession(memory(options))

/** Sessions of one store, each on a machine that can be paused, in virtual time. */
export function machines() {
  const scheduler = new Scheduler()
  const backend = memory()
  return {
    scheduler,
    open: async (name: string) => {
      const process = scheduler.process(name)
      return { process, session: await openSession(backend, 'realm', process.platform.clock) }
    },
  }
}
