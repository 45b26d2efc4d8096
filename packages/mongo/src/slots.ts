import type { Document } from 'mongodb'
import { NO_DOCUMENT } from './errors.js'
import { COLLECTIONS, writeErrors } from './layout.js'
import type { Store } from './store.js'

/** Positions that are none: where the floor and the counter of a realm's log are kept, in the collection of its entries. */
const FLOOR = -1
const COUNTER = -2

/** Beyond this many positions above the tail the counter is not believed: it stayed behind where a log was restored. */
const BELIEVED = 512

/** What became of the write of a slot. `trimmed`: the floor has passed `lowest`, so nothing is certain until it is read. */
export interface Written {
  readonly slot: 'won' | 'taken' | 'anchorless'
  readonly trimmed: boolean
}

export interface Slot {
  readonly position: number
  readonly record: Uint8Array
}

/** Slots as they were read, with holes, and the floor as it was afterwards; those below it are left out. */
export interface Page {
  readonly slots: readonly Slot[]
  readonly floor: number
}

/** Statements that touch nothing: they only tell, by what they match. */
const TOUCH_NOTHING = { $setOnInsert: { never: true } }

/** Fails, and so ends an ordered command, where the document is not there: it would have to become what is no document. */
const FAIL_IF_ABSENT = [{ $replaceWith: { $cond: [{ $eq: [{ $type: '$record' }, 'missing'] }, null, '$$ROOT'] } }]

/** The slots of one realm's log: write-once documents whose `_id` is the position. */
export class Slots {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /**
   * Writes a slot if `anchor` is there (0: whatever is there), and tells whether the floor has passed `lowest`. One command: the
   * floor is looked at after the slot was won, and as it is raised before anything is deleted, a slot that was forgotten is not
   * won unnoticed. An anchor that is gone tells that the store has lost entries, before anything is written above them.
   */
  async write({ position, record }: Slot, anchor: number, lowest: number): Promise<Written> {
    const updates: Document[] = anchor === 0 ? [] : [{ q: this.#at(anchor), u: FAIL_IF_ABSENT, upsert: true }]
    const index = updates.push({ q: this.#at(position), u: { $setOnInsert: { record } }, upsert: true }) - 1
    updates.push(this.#floorAbove(lowest))
    const reply = await this.#store.write({ update: COLLECTIONS.log, ordered: true, updates })
    const [error] = writeErrors(reply)
    if (error?.index === 0 && error.code === NO_DOCUMENT) return { slot: 'anchorless', trimmed: false }
    this.#store.checkReply(reply, 'an append')
    // A taken key, where two upserts met and the server did not try again.
    if (error !== undefined) return { slot: 'taken', trimmed: false }
    const upserted: readonly { index: number }[] = reply.upserted ?? []
    const won = upserted.some((statement) => statement.index === index)
    return { slot: won ? 'won' : 'taken', trimmed: reply.n === updates.length }
  }

  /** Writes no-ops into those that are still absent. */
  async fill(positions: readonly number[]): Promise<void> {
    const u = { $setOnInsert: { record: new Uint8Array() } }
    const updates: Document[] = positions.map((position) => ({ q: this.#at(position), u, upsert: true }))
    updates.push(this.#floorAbove(Math.min(...positions)))
    const reply = await this.#store.write({ update: COLLECTIONS.log, ordered: true, updates }, true)
    this.#store.checkReply(reply, 'filling the log')
    if (reply.n === updates.length) await this.deleteBelow(await this.floor(), positions)
  }

  /** The slots behind `after`, at most `limit` positions of them. One round trip; the floor is read after the slots. */
  async page(after: number, limit: number): Promise<Page> {
    return this.#page(after, limit, [])
  }

  /** Only which of them are there. */
  async positions(
    after: number,
    limit: number,
  ): Promise<{ readonly taken: readonly number[]; readonly floor: number }> {
    const { slots, floor } = await this.#page(after, limit, [{ $project: { _id: 1 } }])
    return { taken: slots.map(({ position }) => position), floor }
  }

  /** The highest that is taken; 0 where none is. */
  top(): Promise<number> {
    return topOf(this.#store)
  }

  async floor(): Promise<number> {
    return floorOf(await this.#store.one(COLLECTIONS.log, this.#id(FLOOR), false))
  }

  /** Never lowers it. */
  async raise(floor: number): Promise<void> {
    const update = { q: this.#at(FLOOR), u: { $max: { floor } }, upsert: true }
    this.#store.checkReply(await this.#store.write({ update: COLLECTIONS.log, updates: [update] }, true), 'a trim')
  }

  /** Deletes what is below the floor: `positions`, or all there is, some thousands at a time. */
  async deleteBelow(floor: number, positions?: readonly number[]): Promise<void> {
    if (positions !== undefined) {
      const below = positions.filter((position) => position < floor)
      return this.#delete({ _id: { $in: below.map((position) => this.#id(position)) } })
    }
    for (let from = await this.#bottom(); from < floor; from += 2000) {
      await this.#delete({ _id: { $gte: this.#id(from), $lt: this.#id(Math.min(from + 2000, floor)) } })
    }
  }

  /**
   * Reserves `count` positions above `tail` and above all that were reserved before; answers the first. `ahead` leaves some
   * free. `anew` does not believe a counter that stands far above the tail.
   */
  async reserve(count: number, tail: number, ahead: number, anew: boolean): Promise<number> {
    const counted = { $ifNull: ['$n', 0] }
    const believed = anew ? { $cond: [{ $gt: [counted, tail + BELIEVED] }, 0, counted] } : counted
    const reply = await this.#store.write(
      {
        findAndModify: COLLECTIONS.log,
        query: this.#at(COUNTER),
        update: [{ $set: { n: { $add: [{ $max: [believed, tail + ahead] }, count] } } }],
        upsert: true,
        new: true,
      },
      true,
    )
    return reply.value.n - count + 1
  }

  async #page(after: number, limit: number, stages: readonly Document[]): Promise<Page> {
    const pipeline = [
      { $match: { _id: { $gt: this.#id(after), $lte: this.#id(after + limit) } } },
      { $sort: { _id: 1 } },
      ...stages,
      { $unionWith: { coll: COLLECTIONS.log, pipeline: [{ $match: this.#at(FLOOR) }] } },
    ]
    const cursor = { batchSize: limit + 2 }
    const { documents, whole } = await this.#store.list({ aggregate: COLLECTIONS.log, pipeline, cursor })
    const last = documents.at(-1)
    const withFloor = last?._id.position === FLOOR
    // Too large for one reply: then what is missing is the end, and the floor.
    const floor = whole ? floorOf(withFloor ? last : undefined) : await this.floor()
    const entries = withFloor ? documents.slice(0, -1) : documents
    const slots = entries.map(({ _id, record }) => ({ position: _id.position, record: bytesOf(record) }))
    return { slots: slots.filter(({ position }) => position >= floor), floor }
  }

  async #bottom(): Promise<number> {
    const filter = { _id: { $gt: this.#id(0), $lt: this.#id(Number.MAX_SAFE_INTEGER) } }
    const find = {
      find: COLLECTIONS.log,
      filter,
      sort: { _id: 1 },
      limit: 1,
      projection: { _id: 1 },
      singleBatch: true,
    }
    const [first] = (await this.#store.list(find)).documents
    return first?._id.position ?? Number.POSITIVE_INFINITY
  }

  async #delete(q: Document): Promise<void> {
    const reply = await this.#store.write({ delete: COLLECTIONS.log, deletes: [{ q, limit: 0 }] }, true)
    this.#store.checkReply(reply, 'a trim')
  }

  #floorAbove(position: number): Document {
    return { q: { ...this.#at(FLOOR), floor: { $gt: position } }, u: TOUCH_NOTHING }
  }

  #at(position: number): Document {
    return { _id: this.#id(position) }
  }

  #id(position: number): Document {
    return { realm: this.#store.realm, position }
  }
}

/** The highest slot that is taken; 0 where none is. */
export async function topOf(store: Store): Promise<number> {
  const { realm } = store
  const filter = { _id: { $gt: { realm, position: 0 }, $lt: { realm, position: Number.MAX_SAFE_INTEGER } } }
  const find = { find: COLLECTIONS.log, filter, sort: { _id: -1 }, limit: 1, projection: { _id: 1 }, singleBatch: true }
  const [top] = (await store.list(find)).documents
  return top?._id.position ?? 0
}

const floorOf = (document: Document | undefined): number => document?.floor ?? 1

const EMPTY = new Uint8Array()

/** No `Buffer`, which is what the driver has: its `slice` shares memory. */
function bytesOf(record: { readonly buffer: Uint8Array; readonly position: number } | undefined): Uint8Array {
  if (record === undefined) return EMPTY
  const { buffer, position } = record
  return new Uint8Array(buffer.buffer, buffer.byteOffset, position)
}
