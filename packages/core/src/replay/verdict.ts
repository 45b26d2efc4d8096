import type { Expectation, RangeExpectation, Transaction, TransactionsRecord } from '../record/record.js'
import type { Version } from '../state/version.js'

/*
 * Validity is a pure function of the log (design, section 3, rule 5). Nothing here may look at what only some clients
 * know: heads are used only where they lie in the window, which every client has whole.
 */

/** What a verdict may look at: the log before position `n`, as far as the window reaches. */
export interface Past {
  /** W, a number of positions. */
  readonly window: number
  /** H(position), for the positions of the window. */
  hashAt(position: number): string | undefined
  /** Whether a record of this client and number stands in the window, valid or not. */
  isRepeated(client: string, number: number): boolean
  /** Whether a transaction with this id, given by a user, was validly committed in the window. */
  isIdTaken(id: string): boolean
  /** The last valid write of the window that created or deleted a key with `from <= key < to`. */
  lastExistenceChange(from: string, to: string, since: number): Version | undefined
}

export type RecordFault = 'window' | 'repeated' | 'hash'

/**
 * Whether the view that a record was built on lies in the window: `n - W <= s < n`. Asked before all else, because a record
 * that fails here is not entered into the table of record numbers.
 */
export function isInWindow(record: TransactionsRecord, n: number, past: Past): boolean {
  return n - past.window <= record.s && record.s < n
}

/** Why no transaction of the record at `n` counts; undefined when they are to be judged. */
export function recordFault(record: TransactionsRecord, n: number, past: Past): RecordFault | undefined {
  if (!isInWindow(record, n, past)) return 'window'
  if (past.isRepeated(record.client, record.number)) return 'repeated'
  if (record.h !== past.hashAt(record.s)) return 'hash'
  return undefined
}

/** What a transaction lost against: the ref, key range or id, and the write that was there first. */
export interface Conflict {
  readonly on: string
  readonly rival: Version | undefined
  /** Not a rival but a store was in the way: the transaction fails with this. */
  readonly error?: unknown
}

/** Why a transaction of the record at `n` is invalid; undefined when it is valid. Earlier ones of the record are applied already. */
export function transactionConflict(transaction: Transaction, n: number, past: Past): Conflict | undefined {
  const from = n - past.window
  for (const write of transaction.writes) {
    if (!holds(write, from)) return { on: write.state.name, rival: write.state.head }
  }
  for (const read of transaction.reads) {
    if (!holds(read, from)) return { on: read.state.name, rival: read.state.head }
  }
  for (const grant of transaction.grants) {
    if (!holds(grant, from)) return { on: grant.state.name, rival: grant.state.head }
  }
  for (const range of transaction.ranges) {
    const rival = past.lastExistenceChange(range.from, range.to, from)
    if (!rangeHolds(range, rival)) return { on: range.from, rival }
  }
  if (typeof transaction.id === 'string' && past.isIdTaken(transaction.id))
    return { on: transaction.id, rival: undefined }
  return undefined
}

/**
 * A marked version must be the ref's last valid write. An unmarked one was current at `s`, which the record's hash proves, so
 * it still is unless the ref was written in the window since: then it must be that write.
 */
function holds({ state, version, marked }: Expectation, from: number): boolean {
  const last = state.head
  if (last.position < from || last.position === 0) return !marked
  return last.id === version
}

function rangeHolds({ version, marked }: RangeExpectation, last: Version | undefined): boolean {
  return last === undefined ? !marked : last.id === version
}
