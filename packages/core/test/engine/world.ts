import type { Backend, Primitives } from '../../src/backend.js'
import { type Avout, type ConnectOptions, ValueError } from '../../src/index.js'
import {
  connectOn,
  type Faults,
  Scheduler,
  type SimBackend,
  type SimProcess,
  SimStore,
  type StoreForm,
} from '../../src/testing/index.js'

export const REALM = 'test'

/** A promise, and what settles it. */
export interface Latch<T = void> {
  readonly promise: Promise<T>
  open(value: T): void
}

export function latch<T = void>(): Latch<T> {
  let open: ((value: T) => void) | undefined
  const promise = new Promise<T>((resolve) => {
    open = resolve
  })
  return { promise, open: (value) => open?.(value) }
}

/** The way of a client to its store, which a test can close: its appends then wait, and go on in their order. */
export class Gate {
  /** The largest record that it lets through, in bytes. */
  constructor(private readonly maxBytes?: number) {}

  private opened = Promise.resolve()
  private latch: Latch | undefined

  close(): void {
    this.latch = latch()
    this.opened = this.latch.promise
  }

  open(): void {
    this.latch?.open()
  }

  inFrontOf(store: SimBackend): Backend<keyof Primitives> {
    return {
      specificationVersion: 1,
      id: store.id,
      open: async (context) => {
        const session = await store.open(context)
        const { log } = session
        const append: typeof log.append = async (record, after) => {
          await this.opened
          if (this.maxBytes === undefined || record.length <= this.maxBytes) return log.append(record, after)
          throw new ValueError(`${record.length} bytes are too many for one record`, '', '')
        }
        const limits = this.maxBytes === undefined ? {} : { maxBytes: this.maxBytes }
        return { ...session, log: { ...log, ...limits, append } }
      },
    }
  }
}

/** Clients of one realm in virtual time: nothing sleeps, and every interleaving is the test's own. */
export class World {
  readonly scheduler: Scheduler
  readonly store: SimStore
  private readonly machines = new Map<Avout, SimProcess>()

  constructor(faults: Partial<Faults> = {}, form: StoreForm = {}, seed = 1) {
    this.scheduler = new Scheduler({ seed })
    this.store = new SimStore(this.scheduler, { faults, ...form })
  }

  /** A client on a machine of its own. */
  async connect(options: Partial<ConnectOptions> = {}, gate?: Gate): Promise<Avout> {
    const machine = this.scheduler.process(`client ${this.machines.size + 1}`)
    const store = this.store.on(machine)
    const coordinator = gate === undefined ? store : gate.inFrontOf(store)
    const avout = await this.wait(connectOn(machine.platform, { coordinator, realm: REALM, ...options }))
    this.machines.set(avout, machine)
    return avout
  }

  /** The client never does anything again. */
  crash(avout: Avout): void {
    this.machines.get(avout)?.crash()
  }

  async pair(options: Partial<ConnectOptions> = {}): Promise<readonly [Avout, Avout]> {
    return [await this.connect({ name: 'a', ...options }), await this.connect({ name: 'b', ...options })]
  }

  /** Another store, for refs that live elsewhere. */
  another(id: string, options: StoreForm = {}): SimStore {
    return new SimStore(this.scheduler, { id, ...options })
  }

  /** Lets time pass until `promise` settles; fails when nothing is left that could settle it. */
  readonly wait = async <T>(promise: Promise<T>): Promise<T> => {
    let settled = false
    const settle = (): void => {
      settled = true
    }
    promise.then(settle, settle)
    const end = await this.scheduler.run({ until: () => settled, limit: 100_000 })
    if (!settled) throw new Error(`this never settles (${end})`)
    return promise
  }

  /** Lets all happen that is due in the next `ms` of virtual time. */
  pass(ms = 0): Promise<void> {
    return this.scheduler.advance(ms)
  }

  /** Keeps the next append from arriving until the answer is called. Other appends pass it. */
  holdAppend(): () => void {
    const { promise, open } = latch()
    this.store.conflictNext(1, () => promise)
    return open
  }

  /** Lets a rival commit in front of each of the next appends. */
  rival(commit: () => Promise<unknown>, times = 1): void {
    this.store.conflictNext(times, async () => {
      await commit()
    })
  }

  /** The records of the log, as text. */
  records(): string[] {
    return this.store.entries(REALM).map(({ record }) => new TextDecoder().decode(record))
  }
}

/** What a promise came to, whichever way; so that a failure that is expected is nobody's unhandled one. */
export function outcomeOf<T>(promise: Promise<T>): Promise<{ value: T } | { error: unknown }> {
  return promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
}

export const add = (value: number, n: number): number => value + n
