import type { Appended, Entry, Log, Stored } from '@avout/core/backend'
import { checkBytes, checkCount, checkFunction } from './check.js'
import * as codes from './drivers/codes.js'
import type { Reply } from './drivers/driver.js'
import { errorOf, tooLarge, unavailable } from './errors.js'
import { Floor } from './floor.js'
import type { Lifetime } from './lifetime.js'
import { MOST } from './limits.js'
import { Place } from './place.js'
import { Pushes } from './pushes.js'
import { EntryReader } from './reader.js'
import type { Realm } from './realm.js'
import { Recent } from './recent.js'
import { numberOf, Segments } from './segments.js'
import { Sweeper } from './sweeper.js'
import type { ZooKeeperVersions } from './versioned-state.js'

const NONE: readonly Entry[] = Object.freeze([])

/** How many entries a page holds at most. */
const PAGE = 1000

/** A read beside a trimmer may find again and again that what it wanted is gone. */
const ROUNDS = 100

/** Makes an entry, in the session `epoch`. */
type Make = (prefix: string, epoch: number) => Promise<Reply>

/** A realm's log: one sequential node an append. `Segments` says where, and why that is safe. */
export class ZooKeeperLog implements Log {
  readonly maxBytes = MOST
  /** Only with a driver that makes several nodes in one request. */
  readonly appendWith?: (record: Uint8Array, after: number, values: readonly Stored[]) => Promise<Appended>
  readonly #realm: Realm
  readonly #lifetime: Lifetime
  readonly #segments: Segments
  readonly #recent = new Recent()
  readonly #place: Place
  readonly #floor: Floor
  readonly #reader: EntryReader
  readonly #pushes: Pushes
  readonly #sweeper: Sweeper

  constructor(realm: Realm, versions: ZooKeeperVersions, lifetime: Lifetime, segmentSize: number) {
    this.#realm = realm
    this.#lifetime = lifetime
    this.#segments = new Segments(realm.log, segmentSize)
    this.#place = new Place(realm, this.#segments, () => this.#recent.clear())
    this.#floor = new Floor(realm)
    this.#reader = new EntryReader(realm.connection, this.#segments, this.#recent)
    this.#pushes = new Pushes(realm.connection, this.#segments, this.#place, lifetime)
    this.#sweeper = new Sweeper(realm.connection, this.#segments, this.#place)
    if (realm.connection.hasMulti) {
      this.appendWith = (record, after, values) => this.#appendWith(record, after, values, versions)
    }
  }

  async append(record: Uint8Array, after: number): Promise<Appended> {
    this.#check(record, after)
    const data = bufferOf(record)
    return this.#append(record, after, (prefix, epoch) => this.#realm.connection.create(prefix, data, true, epoch))
  }

  async read(after: number, limit: number): Promise<readonly Entry[]> {
    this.#lifetime.check()
    checkCount('after', after, 0)
    checkCount('limit', limit, 1)
    return this.#behind(after, Math.min(limit, PAGE), Number.POSITIVE_INFINITY)
  }

  async tail(): Promise<number> {
    this.#lifetime.check()
    return this.#place.tail()
  }

  async floor(): Promise<number> {
    this.#lifetime.check()
    return this.#floor.linear()
  }

  async subscribe(wake: () => void): Promise<AsyncDisposable> {
    this.#lifetime.check()
    checkFunction('wake', wake)
    return this.#pushes.add(wake)
  }

  async trim(below: number): Promise<void> {
    this.#lifetime.check()
    checkCount('below', below, 1)
    const floor = Math.min(below, await this.#place.tail())
    if (floor <= 1) return
    // Raised before anything is deleted, and stored beside the log with the same durability.
    const kept = await this.#floor.raise(floor)
    if (kept === undefined) return
    await this.#sweeper.sweep(kept.swept, kept.floor)
    await this.#floor.sweptTo(kept.floor)
  }

  #check(record: Uint8Array, after: number): void {
    this.#lifetime.check()
    checkBytes('record', record)
    checkCount('after', after, 0)
    if (record.length > MOST) throw tooLarge('a record', record.length, MOST)
  }

  async #append(record: Uint8Array, after: number, make: Make): Promise<Appended> {
    const position = await this.#add(after, make)
    this.#recent.add({ position, record })
    if (position === after + 1) return { position, missed: NONE }
    return { position, missed: await this.#behind(after, Math.min(position - after - 1, PAGE), position) }
  }

  async #add(after: number, make: Make): Promise<number> {
    for (;;) {
      const { segment, epoch } = await this.#place.toAppend(after)
      const { code, path = '' } = await make(this.#segments.prefixOf(segment), epoch)
      if (code === codes.NODE_EXISTS || code === codes.NOT_SENT) continue
      if (code === codes.NO_NODE) {
        await this.#place.make(segment)
        continue
      }
      if (code !== codes.OK) throw errorOf(code, 'append', this.#realm.connection.where)
      const position = this.#segments.positionOf(segment, numberOf(path))
      if (position === undefined) {
        await this.#place.full(segment)
        continue
      }
      this.#place.seen(position)
      return position
    }
  }

  /** The record and all values that fit in one request, what does not fit in others right behind it. */
  async #appendWith(
    record: Uint8Array,
    after: number,
    values: readonly Stored[],
    versions: ZooKeeperVersions,
  ): Promise<Appended> {
    this.#check(record, after)
    const data = bufferOf(record)
    const prepared = versions.prepare(values)
    if (prepared.length === 0) return this.append(record, after)
    let together = true
    return this.#append(record, after, async (prefix, epoch): Promise<Reply> => {
      // The values are stored already, beside a number that was no entry.
      if (!together) return this.#realm.connection.create(prefix, data, true, epoch)
      const [first, others] = await versions.storeWith({ path: prefix, data, sequential: true }, prepared, epoch)
      if (first.status === 'rejected') throw first.reason
      if (first.value.code === codes.NOT_SENT) return first.value
      together = false
      const { code } = first.value
      // One of the values is there, or the node that it belongs under is not: so nothing of that request was done.
      if (code === codes.NODE_EXISTS || code === codes.NO_NODE) {
        await versions.store(prepared)
        return { code: codes.NODE_EXISTS }
      }
      if (others.status === 'rejected') throw others.reason
      return first.value
    })
  }

  /** Entries behind `after` and before `end`, at most `limit`; none only where there are none. */
  async #behind(after: number, limit: number, end: number): Promise<readonly Entry[]> {
    await this.#realm.ready()
    for (let round = 0; round < ROUNDS; round++) {
      const from = Math.max(after + 1, this.#floor.known)
      if (from >= end) return NONE
      const entries = await this.#reader.read(from, Math.min(limit, end - from), this.#place.known)
      const floor = await this.#floor.current()
      const kept = floor <= from ? entries : entries.filter(({ position }) => position >= floor)
      const last = kept.at(-1)
      if (last !== undefined) {
        this.#place.seen(last.position)
        return kept
      }
      if (floor > from) {
        continue
      }
      // Nothing there: the end, or a server that lags behind what others know. A write tells, and brings this one up to date.
      if ((await this.#place.tail()) < from) return NONE
    }
    throw unavailable(
      `could not read behind entry ${after}: it is trimmed faster than it is read`,
      this.#realm.connection.where,
    )
  }
}

const bufferOf = (record: Uint8Array): Buffer => Buffer.from(record.buffer, record.byteOffset, record.byteLength)
