import { fail } from 'node:assert/strict'
import type {
  Backend,
  Counter,
  Lock,
  Log,
  StateContainer,
  VersionedStateContainer,
  VersionedStates,
} from '@avout/core/backend'
import type { Random } from '@avout/core/testing'
import { Assertions } from './assertions.js'
import { type Client, clock, openClient } from './client.js'
import type { Harness } from './harness.js'

/** A tuple of so many, or a list where their number is not known. */
export type Several<T, N extends number, R extends T[] = []> = number extends N
  ? T[]
  : R['length'] extends N
    ? R
    : Several<T, N, [...R, T]>

/** What one scenario works with: clients of a realm of its own, chance from the seed, and assertions. */
export class Bench extends Assertions {
  readonly random: Random
  readonly realm: string
  readonly clock = clock
  readonly #harness: Harness
  readonly #open = new Set<Client>()

  constructor(harness: Harness, realm: string, random: Random) {
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
  adopt(client: Client): Client {
    this.#open.add(client)
    return client
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

  /** Closes every session; then restarts the store if it can do that. */
  async interrupt(): Promise<void> {
    await this.close()
    await this.#harness.restart?.()
  }

  async close(): Promise<void> {
    const open = [...this.#open]
    this.#open.clear()
    await Promise.all(open.map((client) => client.close()))
  }

  /** Closes one session now. */
  async end(client: Client): Promise<void> {
    this.#open.delete(client)
    await client.close()
  }

  /** What the plan found to be there. */
  offered<T>(part: T | undefined): T {
    if (part === undefined) fail('a session offers less than the one before it')
    return part
  }
}
