import type { Backend, Session } from '../../src/contracts/backend.js'
import type { Entry } from '../../src/contracts/log.js'
import type { VersionedStateContainer } from '../../src/contracts/versions.js'
import { composeLog } from '../../src/log/compose-log.js'
import { Scheduler } from '../../src/testing/scheduler.js'
import { SimStore } from '../../src/testing/sim-store.js'

const REALM = 'test'
const utf8 = new TextEncoder()
const text = new TextDecoder()

/** One way takes a millisecond, so a round trip takes two. */
const ROUND_TRIP = 2
const FAULTS = { delay: [1, 1] as const }

export const bytes = (record: string) => utf8.encode(record)
export const shown = (entries: readonly Entry[]) =>
  entries.map(({ position, record }) => [position, text.decode(record)])

/** A store for the slots and one for the counter, in virtual time. */
export class World {
  readonly scheduler = new Scheduler()
  readonly slots = new SimStore(this.scheduler, { id: 'slots', faults: FAULTS })
  readonly counter = new SimStore(this.scheduler, { id: 'counter', faults: FAULTS })
  readonly machine = this.scheduler.process('client')
  readonly reports: string[] = []

  /** Runs events until `promise` is settled. */
  async run<T>(promise: Promise<T>): Promise<T> {
    let settled = false
    const settle = () => {
      settled = true
    }
    promise.then(settle, settle)
    await this.scheduler.run({ until: () => settled, limit: 100_000 })
    return promise
  }

  /** How many round trips, one after the other, a call takes. */
  async roundTrips(call: () => Promise<unknown>): Promise<number> {
    const begun = this.scheduler.now
    await this.run(call())
    return (this.scheduler.now - begun) / ROUND_TRIP
  }

  open<P extends 'log' | 'versions' | 'counter'>(backend: Backend<P>): Promise<Session<P>> {
    const report = (state: string) => this.reports.push(state)
    return this.run(backend.open({ realm: REALM, clock: this.machine.platform.clock, report }))
  }

  async log(slots: Backend<'versions'> = this.slots, counter: Backend<'counter'> = this.counter) {
    return (await this.open(composeLog({ counter, slots }))).log
  }

  /** The slots behind the log's back. */
  async rawSlots() {
    return (await this.open(this.slots)).versions.container('~log')
  }

  async appendAll(log: Awaited<ReturnType<World['log']>>, records: readonly string[]): Promise<void> {
    for (const record of records) await this.run(log.append(bytes(record), 0))
  }
}

type Cell = Pick<VersionedStateContainer, 'getStateAt' | 'setStateAt'>

/** `slots` with what it is asked of the log's slots changed. */
export function withCells(slots: Backend<'versions'>, change: (cell: Cell) => Partial<Cell>): Backend<'versions'> {
  return {
    specificationVersion: 1,
    id: slots.id,
    open: async (context) => {
      const session = await slots.open(context)
      const { versions } = session
      const container = (ref: string) => {
        const inner = versions.container(ref)
        return ref === '~log' ? { ...inner, ...change(inner) } : inner
      }
      return { ...session, versions: { ...versions, container } }
    },
  }
}

/** `slots` with every write held back until it is let go, by the function of its own that `held` gets. */
export function withHeldWrites(slots: Backend<'versions'>): {
  backend: Backend<'versions'>
  held: (() => Promise<boolean>)[]
} {
  const held: (() => Promise<boolean>)[] = []
  const backend = withCells(slots, (cell) => ({
    setStateAt: (value, version) =>
      new Promise((resolve, reject) => {
        held.push(() => {
          const written = cell.setStateAt(value, version)
          written.then(resolve, reject)
          return written
        })
      }),
  }))
  return { backend, held }
}
