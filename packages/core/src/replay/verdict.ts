import type { Data } from '../contracts/data.js'
import type { Expectation, Operation, RangeExpectation, Transaction, TransactionsRecord } from '../record/record.js'
import { areNumeric } from '../record/steps.js'
import type { Version } from '../state/version.js'
import { foldNumbers } from './numbers.js'

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
  /** An operation came to a value that its bound, or JSON, does not allow: to run it again cannot help. */
  readonly isRefused?: true
}

/**
 * Why a transaction of the record at `n`, built at `s`, is invalid; undefined when it is valid. Earlier ones of the record are applied
 * already.
 */
export function transactionConflict(transaction: Transaction, s: number, n: number, past: Past): Conflict | undefined {
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
  for (const operation of transaction.operations) {
    const conflict = operationConflict(operation, s)
    if (conflict !== undefined) return conflict
  }
  return undefined
}

/** Whether an operation finds its ref there: as it was at `s`, but for what the window says since. */
export function isThere({ state, existed }: Operation, s: number): boolean {
  return state.head.position > s ? state.head.exists : existed
}

/**
 * The number that operations of numbers are folded onto: from the log alone, by what was attested at `s` and what was written since.
 * Undefined where there is none, or where only user code could tell.
 */
export function numberBefore(operation: Operation, s: number): number | undefined {
  const { head } = operation.state
  let data: Data | undefined = operation.attested
  if (!isThere(operation, s)) data = operation.initial
  else if (head.position > s) data = head.made?.isNumeric === false ? undefined : head.data
  return typeof data === 'number' ? data : undefined
}

/**
 * Operations never conflict with each other, but for what a look at the log cannot fold: numbers onto what is none, or what a user's
 * operation made; and others onto a value that its container alone holds. Asked last: a refusal stands for good.
 */
function operationConflict(operation: Operation, s: number): Conflict | undefined {
  const { state, steps } = operation
  const { head } = state
  if (areNumeric(steps)) {
    const value = numberBefore(operation, s)
    if (value === undefined) return { on: state.name, rival: head }
    if (foldNumbers(value, steps) === undefined) return { on: state.name, rival: head, isRefused: true }
    return undefined
  }
  const isElsewhere = head.exists && head.made === undefined && head.data === undefined
  return isElsewhere && head.position > s ? { on: state.name, rival: head } : undefined
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
