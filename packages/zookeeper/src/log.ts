import type { Appended, Entry, Log, Stored } from '@avout/core/backend'
import { checkBytes, checkCount, checkFunction } from './check.js'
import * as codes from './drivers/codes.js'
import type { Reply } from './drivers/driver.js'
import { errorOf, tooLarge, unavailable, unfinished } from './errors.js'
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

/** Makes the node of an entry, in that session of ZooKeeper or not at all. */
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
    for (;;) {
      // Raised before anything is deleted, and stored beside the log with the same durability.
      const kept = await this.#floor.raise(below, () => this.#place.tail())
      if (kept === undefined) return
      // Where the session has ended meanwhile, it is looked at again: its servers may have lost what was raised.
      if (!(await this.#sweeper.sweep(kept))) continue
      await this.#floor.sweptTo(kept)
      return
    }
  }

  #check(record: Uint8Array, after: number): void {
    this.#lifetime.check()
    checkBytes('record', record)
    checkCount('after', after, 0)
    if (record.length > MOST) throw tooLarge('a record', record.length, MOST)
  }

  async #append(record: Uint8Array, after: number, make: Make): Promise<Appended> {
    const position = await this.#add(record, after, make)
    if (position === after + 1) return { position, missed: NONE }
    return { position, missed: await this.#missed(after, position) }
  }

  /** The record is in the log: nothing that goes wrong from then on may look as if it were not. */
  async #missed(after: number, position: number): Promise<readonly Entry[]> {
    try {
      return await this.#behind(after, Math.min(position - after - 1, PAGE), position)
    } catch {
      // Stopped short at once. Who needs the entries reads them, and is told what is wrong with them.
      return NONE
    }
  }

  async #add(record: Uint8Array, after: number, make: Make): Promise<number> {
    for (;;) {
      const { segment, epoch } = await this.#place.toAppend(after)
      const { code, path = '' } = await make(this.#segments.prefixOf(segment), epoch)
      if (code === codes.NODE_EXISTS || code === codes.NOT_SENT) continue
      if (code === codes.NO_NODE) {
        await this.#place.make(segment, epoch)
        continue
      }
      if (code !== codes.OK) throw errorOf(code, 'append', this.#realm.connection.where)
      const position = this.#segments.positionOf(segment, numberOf(path))
      if (position === undefined) {
        await this.#place.full(segment, epoch)
        continue
      }
      // What was stored beside it may have taken longer than the session: then it may be lost by now, and nothing is learned of it.
      if (this.#realm.connection.epoch === epoch) {
        this.#place.seen(position)
        this.#recent.add({ position, record })
      }
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
      // The record may be in the log by now: so not as what says that nothing was done.
      if (others.status === 'rejected') throw unfinished(others.reason, this.#realm.connection.where)
      return first.value
    })
  }

  /** Entries behind `after` and before `end`, at most `limit`; none only where there are none. */
  async #behind(after: number, limit: number, end: number): Promise<readonly Entry[]> {
    await this.#realm.ready()
    for (let round = 0; round < ROUNDS; round++) {
      const { epoch } = this.#realm.connection
      const from = Math.max(after + 1, this.#floor.known)
      if (from >= end) return NONE
      const entries = await this.#reader.read(from, Math.min(limit, end - from), this.#place.known)
      const floor = await this.#floor.current()
      // Some of it may be of a session that is over, and be lost by now: another one learns nothing from it.
      if (this.#realm.connection.epoch !== epoch) continue
      const kept = floor <= from ? entries : entries.filter(({ position }) => position >= floor)
      const last = kept.at(-1)
      if (last !== undefined) {
        for (const entry of kept) this.#recent.add(entry)
        this.#place.seen(last.position)
        return kept
      }
      if (floor > from) continue
      // Nothing there: the end, or a server that lags behind what others know. A write tells, and brings this one up to date.
      if ((await this.#place.tail()) < from) return NONE
    }
    throw unavailable(
      `could not read behind entry ${after}: it is trimmed, or connections are lost, faster than it is read`,
      this.#realm.connection.where,
    )
  }
}

const bufferOf = (record: Uint8Array): Buffer => Buffer.from(record.buffer, record.byteOffset, record.byteLength)
