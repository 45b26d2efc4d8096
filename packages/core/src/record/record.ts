import type { Data } from '../contracts/data.js'
import type { Step } from '../state/made.js'
import type { RefState } from '../state/ref-state.js'
import type { Version } from '../state/version.js'

/** The log format that this code writes, and the newest that it reads. */
export const FORMAT = 1

/** The widest window a realm may have, in positions: every client keeps that much of the log in memory. */
export const MAX_WINDOW = 1 << 20

/** That a ref was at a version. *Marked*: the version was not yet replayed at the record's `s`. */
export interface Expectation {
  readonly state: RefState
  readonly version: string
  marked: boolean
}

/** That no key with `from <= key < to` was created or deleted since `version` did so; '' when none had. */
export interface RangeExpectation {
  readonly from: string
  readonly to: string
  readonly version: string
  marked: boolean
}

/** What a write does to the existence of its ref: scans need to know, and values alone do not tell. */
export const UPDATES = 0
export const CREATES = 1
export const DELETES = 2

export interface Write extends Expectation {
  /** One's own know the version that they become. */
  readonly node?: Version
  readonly home: string
  readonly existence: typeof UPDATES | typeof CREATES | typeof DELETES
  /** False for a deletion. */
  readonly exists: boolean
  /** Undefined for a deletion, and for a value above the inline limit: that one is in its container alone. */
  readonly data: Data | undefined
}

/** An action sent to an agent, carried by the commit. */
export interface Send {
  readonly agent: string
  readonly action: string
  readonly argument: Data | undefined
}

/**
 * Commutative operations of a transaction on one ref: they expect no version, and make a new one. What the ref was at `s` is
 * attested, so that everybody knows from the log alone what they come to: whether it was there, and for operations of numbers its
 * value.
 */
export interface Operation {
  readonly state: RefState
  /** One's own know the version that they become. */
  readonly node?: Version
  readonly home: string
  /** Whether the ref was there at `s`. */
  readonly existed: boolean
  /** The value that an absent ref begins with: replicas that declare another would differ. */
  readonly initial: Data
  /** The number that the ref was at `s`; null where it was none, and for operations that are not of numbers. */
  readonly attested: number | null
  /** All of them of numbers, or none. */
  readonly steps: readonly Step[]
}

/** One transaction of a record. */
export interface Transaction {
  /** A string where the user gave one: it commits at most once in a window. Otherwise the client's own number for it. */
  readonly id: string | number
  /** What the user calls it: named to its rivals. */
  readonly label: string | undefined
  readonly reads: readonly Expectation[]
  readonly ranges: readonly RangeExpectation[]
  readonly writes: readonly Write[]
  /** Lock grants it depends on: hidden refs at a version, judged like reads. */
  readonly grants: readonly Expectation[]
  readonly operations: readonly Operation[]
  readonly sends: readonly Send[]
}

/** The transactions that one client committed together. */
export interface TransactionsRecord {
  readonly kind: 'transactions'
  /** 128 random bits of the connection, in base64url. */
  readonly client: string
  /** What the user calls the client. */
  readonly name: string | undefined
  /** The client's records are numbered from 1. */
  readonly number: number
  /** The position replayed when it was built, and the log's hash there. */
  readonly s: number
  readonly h: string
  /** Undefined where one was dropped before the record was sent: versions name a place, so places stay. */
  readonly transactions: readonly (Transaction | undefined)[]
}

/** The first record of a realm fixes what all clients must agree on. */
export interface RealmRecord {
  readonly kind: 'realm'
  readonly window: number
  readonly inlineLimit: number
}

/** A filler of a composed log, or a record that no client can use: malformed records are refused by all alike. */
export interface EmptyRecord {
  readonly kind: 'noop' | 'malformed'
}

export type LogRecord = TransactionsRecord | RealmRecord | EmptyRecord

/** `client.number.i`: the version that the `i`-th transaction of a record gives to what it writes. */
export function versionPrefix(client: string, number: number): string {
  return `${client}.${number}.`
}
