import { fail } from 'node:assert/strict'
import type {
  Backend,
  Counter,
  Data,
  Lock,
  Log,
  StateContainer,
  VersionedStateContainer,
  VersionedStates,
} from '@avout/core/backend'
import { Pump, type Random, Scheduler, type SimBackend, SimStore } from '@avout/core/testing'
import { Assertions } from './assertions.js'
import { type Client, clock, openClient } from './client.js'
import { type ConnectOptions, Player } from './engine/player.js'
import type { Around, Stage } from './stage.js'

/** A tuple of so many, or a list where their number is not known. */
export type Several<T, N extends number, R extends T[] = []> = number extends N
  ? T[]
  : R['length'] extends N
    ? R
    : Several<T, N, [...R, T]>

interface Closable {
  close(): Promise<void>
}

/** What one scenario works with: clients of a realm of its own, chance from the seed, and assertions. */
export class Bench extends Assertions {
  readonly random: Random
  readonly realm: string
  readonly clock = clock
  readonly #harness: Stage
  readonly #open = new Set<Closable>()
  #beside: { readonly store: SimBackend; readonly pump: Pump } | undefined

  constructor(harness: Stage, realm: string, random: Random) {
    super()
    this.#harness = harness
    this.realm = realm
    this.random = random
  }

  /** A backend as one more client would make it. */
  backend(): Backend<never> {
    return this.#harness.open()
  }

  /** A new session of a new backend. It is closed at the end, if the scenario has not done so. */
  async client(realm = this.realm): Promise<Client> {
    return this.adopt(await openClient(this.#harness.open(), realm))
  }

  /** Closes this one too at the end. */
  adopt<C extends Closable>(client: C): C {
    this.#open.add(client)
    return client
  }

  /** A client of the engine, in this scenario's realm, on the store as the stage seats it. */
  async connect(options: ConnectOptions = {}, around?: Around): Promise<Player> {
    const seat = this.offered(this.#harness.seat).call(this.#harness, () => this.beside(), around)
    return this.adopt(await Player.connect(seat, { realm: this.realm, ...options }))
  }

  players<const N extends number>(count: N, options?: ConnectOptions): Promise<Several<Player, N>> {
    return this.several(count, () => this.connect(options))
  }

  /** A sound store in memory, beside the one that is examined. It lasts as long as the scenario. */
  beside(): SimBackend {
    if (this.#beside === undefined) {
      const scheduler = new Scheduler()
      this.#beside = { store: new SimStore(scheduler, { id: 'beside' }), pump: new Pump(scheduler, 'real') }
    }
    return this.#beside.store
  }

  /** As many as said, made at once. */
  async several<T, const N extends number>(count: N, make: () => Promise<T>): Promise<Several<T, N>> {
    return (await Promise.all(Array.from({ length: count }, make))) as Several<T, N>
  }

  clients<const N extends number>(count: N): Promise<Several<Client, N>> {
    return this.several(count, () => this.client())
  }

  async log(): Promise<Log> {
    return this.offered((await this.client()).log)
  }

  logs<const N extends number>(count: N): Promise<Several<Log, N>> {
    return this.several(count, () => this.log())
  }

  async counter(name = 'counter'): Promise<Counter> {
    return this.offered((await this.client()).counter)(name)
  }

  async lock(name = 'lock'): Promise<Lock> {
    return this.offered((await this.client()).lock)(name)
  }

  async versions(): Promise<VersionedStates> {
    return this.offered((await this.client()).versions)
  }

  /** The values of one ref, ready for use. */
  async container(ref = 'ref'): Promise<VersionedStateContainer> {
    const container = (await this.versions()).container(ref)
    await container.initVersionedStateContainer()
    return container
  }

  async state(name = 'state'): Promise<StateContainer> {
    const state = this.offered((await this.client()).state)(name)
    await state.initStateContainer()
    return state
  }

  /** What the store's own view shows of a ref, read with the store's own client. */
  async current(ref: string): Promise<Data | undefined> {
    return this.offered(this.#harness.current).call(this.#harness, this.realm, ref)
  }

  /** Closes every session; then restarts the store if it can do that. */
  async interrupt(): Promise<void> {
    await this.close()
    await this.#harness.restart?.()
  }

  /** Restarts the store under those who use it. */
  async restart(): Promise<void> {
    await this.offered(this.#harness.restart).call(this.#harness)
  }

  async close(): Promise<void> {
    const open = [...this.#open]
    this.#open.clear()
    await Promise.all(open.map((client) => client.close()))
  }

  /** Closes one session now. */
  async end(client: Closable): Promise<void> {
    this.#open.delete(client)
    await client.close()
  }

  /** Nothing more of this scenario runs. */
  dispose(): void {
    this.#beside?.pump.stop()
  }

  /** What the plan found to be there. */
  offered<T>(part: T | undefined): T {
    if (part === undefined) fail('a session offers less than the one before it')
    return part
  }
}
