import type { Clock } from '@avout/core/backend'
import * as codes from './drivers/codes.js'
import { errorOf } from './errors.js'
import { type Kind, type Place, prefixOf } from './lock-queue.js'
import type { Realm } from './realm.js'
import { numberOf } from './segments.js'
import { sleep } from './sleep.js'

/** What a node in the queue holds, as JSON. */
export interface EntryData {
  readonly owner: string
  /** Milliseconds after which it may be deleted by others, if it was not written in them. */
  readonly lease: number
  /** Of the grant; 0 while it waits. */
  readonly token: number
}

/** A node is written three times in its lease: two may come late. */
const RENEWALS = 3
const RETRIES = 20

/**
 * A node of one's own in the queue of a lock. As long as it is there nobody behind it is granted the lock; and it is there as long as
 * it is written every `lease` ms. It belongs to no session of ZooKeeper: those last for as long as the server wants, end when the
 * connection is lost for that long, and are shared by all that this process does.
 */
export class LockEntry {
  /** Aborts when others may have deleted it, or have. */
  readonly ended: AbortSignal
  readonly place: Place
  readonly node: string
  readonly #realm: Realm
  readonly #clock: Clock
  readonly #ended = new AbortController()
  #data: EntryData
  /** Before the last write that succeeded was sent: others count from when they saw it, which is later. */
  #written: number
  #over = false

  private constructor(realm: Realm, clock: Clock, node: string, kind: Kind, data: EntryData, written: number) {
    this.#realm = realm
    this.#clock = clock
    this.#data = data
    this.#written = written
    this.node = node
    this.ended = this.#ended.signal
    this.place = { name: node.slice(node.lastIndexOf('/') + 1), kind, number: numberOf(node) }
  }

  static async make(realm: Realm, clock: Clock, lock: string, kind: Kind, owner: string, lease: number) {
    const data: EntryData = { owner, lease, token: 0 }
    for (;;) {
      const written = clock.now()
      const { code, path } = await realm.connection.create(`${lock}/${prefixOf(kind)}`, bytesOf(data), true)
      if (code === codes.OK && path !== undefined) {
        const entry = new LockEntry(realm, clock, path, kind, data, written)
        entry.#keep()
        return entry
      }
      if (code !== codes.NO_NODE) throw errorOf(code, 'queue for a lock', realm.connection.where)
      await realm.makeParent(lock)
    }
  }

  get token(): number {
    return this.#data.token
  }

  /** Shows in the node that it holds the lock. False where it is gone: others were granted it meanwhile. */
  async grant(token: number): Promise<boolean> {
    this.#data = { ...this.#data, token }
    return this.#write()
  }

  /** Deletes it. False where others have. */
  async remove(): Promise<boolean> {
    this.#over = true
    this.#ended.abort()
    const { code } = await this.#realm.connection.remove(this.node)
    if (code !== codes.OK && code !== codes.NO_NODE) {
      throw errorOf(code, 'release a lock', this.#realm.connection.where)
    }
    return code === codes.OK
  }

  #keep(): void {
    // What goes wrong there is that it cannot be kept.
    Promise.all([this.#renew(), this.#expire()]).catch(() => this.#end())
  }

  async #renew(): Promise<void> {
    const { lease } = this.#data
    let pause = lease / RENEWALS
    while (await sleep(this.#clock, pause, this.ended)) {
      const written = await this.#tryToWrite()
      pause = written ? lease / RENEWALS : lease / RETRIES
    }
  }

  /** Ends it by one's own clock, before others can by theirs. */
  async #expire(): Promise<void> {
    const { lease } = this.#data
    for (;;) {
      const left = this.#written + lease - this.#clock.now()
      if (left <= 0) return this.#end()
      if (!(await sleep(this.#clock, left, this.ended))) return
    }
  }

  async #tryToWrite(): Promise<boolean> {
    try {
      if (!(await this.#write())) this.#end()
      return true
    } catch (error) {
      if (this.#over) return true
      // Told to the holder by `lost`, if it does not get better in time.
      return !(error instanceof Error)
    }
  }

  async #write(): Promise<boolean> {
    const sent = this.#clock.now()
    const { code } = await this.#realm.connection.set(this.node, bytesOf(this.#data), -1)
    if (code === codes.NO_NODE) return false
    if (code !== codes.OK) throw errorOf(code, 'renew a lock', this.#realm.connection.where)
    this.#written = Math.max(this.#written, sent)
    return !this.ended.aborted
  }

  #end(): void {
    this.#ended.abort()
  }
}

const bytesOf = (data: EntryData): Buffer => Buffer.from(JSON.stringify(data))

/** What a node holds; what is not ours may be deleted at once, if it does not change. */
export function entryDataOf(data: Uint8Array | undefined): EntryData {
  const {
    owner = '',
    lease = 0,
    token = 0,
  } = JSON.parse(Buffer.from(data ?? '{}').toString() || '{}') as Partial<EntryData>
  return { owner, lease, token }
}
