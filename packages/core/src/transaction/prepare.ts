import { refusal } from '../commit/folds.js'
import type { Data } from '../contracts/data.js'
import type { RealmRecord } from '../record/record.js'
import { areNumeric, isNumeric } from '../record/steps.js'
import { foldNumbers } from '../replay/numbers.js'
import type { Step } from '../state/made.js'
import type { RefState } from '../state/ref-state.js'
import { IN_FLIGHT, type Version } from '../state/version.js'
import type { Dosync } from './dosync.js'
import { Write } from './write.js'

/** What a transaction's record will carry. */
export interface Prepared {
  readonly writes: readonly Write[]
  readonly operations: readonly Write[]
  /** A ref whose value is needed, and not known before the verdicts of this client's operations on it; undefined where there is none. */
  readonly blockedOn: RefState | undefined
}

const NOTHING: readonly never[] = []

/**
 * The writes with commutes applied to the newest values, and the operations that can go as such; a promise where a value has to be
 * fetched first. What a commute, or an operation that is to be checked, throws is thrown.
 */
export function prepare(dosync: Dosync<any>): Prepared | Promise<unknown> {
  const { items } = dosync.scope.buffer.writes
  if (items.every(isPlain)) return { writes: items, operations: NOTHING, blockedOn: undefined }
  const writes: Write[] = []
  const operations: Write[] = []
  for (const write of items) {
    if (isPlain(write)) writes.push(write)
    else if (canOperate(dosync, write)) operations.push(write)
    else {
      const { top } = write.state
      if (isUnknown(top)) return { writes: NOTHING, operations: NOTHING, blockedOn: write.state }
      const value = write.handle.valueOf(top)
      if (value instanceof Promise) return value
      writes.push(recommute(write, value))
    }
  }
  return { writes, operations, blockedOn: undefined }
}

function isPlain({ commutes, steps }: Write): boolean {
  return commutes === undefined && steps === undefined
}

/** Whether a version's value is known to nobody, for its operation has no verdict. */
export function isUnknown({ made, position }: Version): boolean {
  return made !== undefined && position === IN_FLIGHT
}

function recommute({ handle, state, commutes, steps = [] }: Write, value: unknown): Write {
  const updates = commutes ?? steps.map((step) => ({ f: handle.updateOf(step), args: [] }))
  let next = value
  for (const { f, args } of updates) next = f(next, ...args)
  handle.checkHome(state.top)
  const encoded = handle.encode(next)
  handle.checkStorable(encoded.data)
  return new Write(handle, state.top, encoded, updates)
}

/**
 * Whether what is to be done to a ref can travel as an operation. It is an ordinary write where the transaction has read the ref; where
 * a validator is to see the value, for no verdict could ask it; where its parts are of both kinds; and where the value is, or could
 * become, one that the log does not carry.
 */
function canOperate(dosync: Dosync<any>, write: Write): boolean {
  const { handle, state, steps } = write
  if (steps === undefined || handle.hasValidator || dosync.run.reads.get(state) !== undefined) return false
  const { top } = state
  handle.checkHome(top)
  if (areNumeric(steps)) return canCount(write, steps)
  if (steps.some(isNumeric)) return false
  const { inlineLimit } = dosync.host.replica.realm as RealmRecord
  const data = dataOf(write, lastKnown(top))
  if (data === undefined || addedBytes(steps) > inlineLimit) return false
  if (isUnknown(top)) return jsonLength(data) + (state.operating?.bytes ?? 0) + addedBytes(steps) <= inlineLimit
  const next = handle.operatedData(data, steps)
  handle.checkStorable(next)
  return jsonLength(next) <= inlineLimit
}

/** A bound that is in the way already is told at once. */
function canCount(write: Write, steps: readonly Step[]): boolean {
  const { handle, state } = write
  if (typeof handle.initialData !== 'number') return false
  if (isUnknown(state.top)) return true
  const data = dataOf(write, state.top)
  if (typeof data !== 'number') return false
  if (foldNumbers(data, steps) === undefined) throw refusal(state.name, steps)
  return true
}

/** What the log carries of the value at a version; undefined where it does not. */
function dataOf({ handle }: Write, { exists, data, made }: Version): Data | undefined {
  if (!exists) return handle.initialData
  return made?.fault === undefined ? data : undefined
}

function lastKnown(top: Version): Version {
  let version = top
  while (isUnknown(version) && version.previous !== undefined) version = version.previous
  return version
}

/** How much operations may add to a value, in bytes, roughly. */
export function addedBytes(steps: readonly Step[]): number {
  let bytes = 0
  for (const step of steps) if (!isNumeric(step)) bytes += jsonLength(step.argument)
  return bytes
}

function jsonLength(data: Data): number {
  return JSON.stringify(data).length * 3
}
