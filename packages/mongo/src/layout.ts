import type { Document } from 'mongodb'

/**
 * The collections, the same for every realm: the realm is the first field of each `_id`. A collection a realm would need names
 * out of names that a collection cannot have, and files of its own for each.
 */
export const COLLECTIONS = {
  /** `{ _id: { realm, position }, record }`, and what belongs to the log at positions that are none: see `slots.ts`. */
  log: 'log',
  /** `{ _id: { realm, ref, version }, value }` */
  values: 'values',
  /** `{ _id: { realm, ref }, value, version, position }`, and `deleted: true` in place of a value. */
  heads: 'heads',
  /** The view of `heads` that are not deleted. */
  current: 'current',
  /** `{ _id: { realm, name }, value, version }` */
  states: 'states',
  /** `{ _id: { realm, name }, n }` */
  counters: 'counters',
  /** `{ _id: { realm, name }, queue, token, rev, at }` */
  locks: 'locks',
  /** A document for each connection: see `Connection.fresh`. */
  ticks: 'ticks',
} as const

/** Of every write. `j` is for standalones: they have a majority at once. */
export const WRITE_CONCERN = { w: 'majority', j: true } as const

/** Of every read: what it shows cannot be rolled back. */
export const READ_CONCERN = { level: 'majority' } as const

/** The bytes of the largest record or value: MongoDB's 16 MiB, less what stands beside it. */
export const MAX_BYTES = 16 * 1024 * 1024 - 64 * 1024

/** The errors of single statements that a write's reply carries. */
export interface WriteError {
  readonly index: number
  readonly code: number
  readonly errmsg?: string
}

export const writeErrors = (reply: Document): readonly WriteError[] => reply.writeErrors ?? []
