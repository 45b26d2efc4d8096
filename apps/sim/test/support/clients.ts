import type { Primitives, Session } from '@avout/core/backend'
import { type Faults, Scheduler, type SimProcess, SimStore } from '@avout/core/testing'

const REALM = 'test'

/** A store, and sessions with it. */
export function storeOf(options: { seed?: number; faults?: Partial<Faults> } = {}) {
  const scheduler = new Scheduler({ seed: options.seed ?? 1 })
  const store = new SimStore(scheduler, { faults: options.faults ?? {} })
  const context = {
    realm: REALM,
    clock: { now: () => scheduler.now, sleep: async () => undefined },
    report: () => undefined,
  }
  /** Runs the scheduler until `promise` settles. */
  const wait = async <T>(promise: Promise<T>): Promise<T> => {
    let settled = false
    const done = () => {
      settled = true
    }
    promise.then(done, done)
    await scheduler.run({ until: () => settled, limit: 100_000 })
    if (!settled) throw new Error('it never settles')
    return promise
  }
  const open = (process?: SimProcess): Promise<Session<keyof Primitives>> =>
    wait((process ? store.on(process) : store).open(context))
  return {
    scheduler,
    store,
    open,
    wait,
    records: () => store.entries(REALM).map(({ record }) => text(record)),
    realm: REALM,
  }
}

export const bytes = (value: string): Uint8Array => new TextEncoder().encode(value)
export const text = (value: Uint8Array): string => new TextDecoder().decode(value)
