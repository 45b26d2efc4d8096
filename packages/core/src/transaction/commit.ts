import type { RefHandle } from '../reference/ref-handle.js'
import type { OwnExpectation, OwnRange, PendingWrite } from '../commit/pending.js'
import { Pending } from '../commit/pending.js'
import { CREATES, DELETES, type RealmRecord, UPDATES } from '../record/record.js'
import type { RefState } from '../state/ref-state.js'
import type { Conflict } from '../replay/verdict.js'
import { IN_FLIGHT, Version } from '../state/version.js'
import type { Encoded } from '../values/codec.js'
import { utf8Length } from '../values/size.js'
import { confirm } from './confirm.js'
import type { Dosync, Outcome } from './dosync.js'
import type { BufferedWrite } from './write.js'

/** A write as it will be committed: commutes are applied to the newest value. */
interface Prepared {
  readonly handle: RefHandle<any>
  readonly expected: Version
  readonly encoded: Encoded | undefined
}

/**
 * Takes a transaction whose body has ended into a record, if it agrees with the newest state: heads, and on top what is in
 * flight. The order is Clojure's: commutes, validators, commit point, watches.
 */
export function commit(dosync: Dosync<any>, outcome: Outcome): void {
  const { host, run, scope } = dosync
  if (scope.writes.size === 0) return confirm(dosync, outcome)
  const conflict = conflictOf(dosync)
  if (conflict !== undefined) return dosync.again(conflict)
  const writes: Prepared[] = []
  try {
    for (const write of scope.writes.values()) {
      const prepared = write.commutes === undefined ? write : recommute(dosync, write)
      if (prepared instanceof Promise) {
        prepared.then(
          () => commit(dosync, outcome),
          (error: unknown) => dosync.fail(error),
        )
        return
      }
      writes.push(prepared)
    }
    for (const { handle, encoded } of writes) if (encoded !== undefined) handle.validate(handle.shared(encoded))
  } catch (error) {
    // What was refused stands on what was read, and that is to be confirmed.
    for (const { commutes, handle } of scope.writes.values())
      if (commutes !== undefined) run.reads.set(handle.state, handle.state.top)
    return confirm(dosync, { error })
  }
  if (!host.locals.hold(dosync)) return dosync.again(undefined)
  enter(dosync, outcome, writes)
}

/** What does not agree with the newest state, by exact comparison: a version that is neither a head nor in flight loses. */
function conflictOf({ host, run, scope, isSnapshotIsolated }: Dosync<any>): Conflict | undefined {
  for (const { handle, expected, commutes } of scope.writes.values()) {
    const { state } = handle
    if (commutes === undefined && state.top !== expected) return { on: state.name, rival: state.top }
  }
  // Under snapshot isolation reads are not validated, unless one was of something that may never have been.
  const all = !isSnapshotIsolated || run.sawInFlight
  for (const [state, version] of run.reads) {
    if (state.top !== version && (all || run.ensured?.has(state))) return { on: state.name, rival: state.top }
  }
  if (run.scans === undefined || !all) return undefined
  for (const scan of run.scans) {
    const last = host.overlay.lastExistenceChange(scan, Number.POSITIVE_INFINITY)
    if (last !== scan.expected) return { on: scan.from, rival: last }
  }
  return undefined
}

/** Applies the functions of a commute to the newest value; a promise where that has to be fetched first. */
function recommute(dosync: Dosync<any>, write: BufferedWrite): Prepared | Promise<unknown> {
  const { handle, commutes } = write
  const expected = handle.state.top
  if (expected === write.expected && expected === dosync.scope.buffered(handle.state)?.expected) return write
  const value = handle.valueOf(expected)
  if (value instanceof Promise) return value
  let next = value
  for (const { f, args } of commutes ?? []) next = f(next, ...args)
  const encoded = handle.encode(next)
  handle.checkStorable(encoded.data)
  return { handle, expected, encoded }
}

function enter(dosync: Dosync<any>, outcome: Outcome, writes: readonly Prepared[]): void {
  const { host } = dosync
  const size = sizeOf(writes, dosync.run.reads)
  const flight = host.committer.flightFor(size)
  const id = flight.versionPrefix + flight.transactions.length
  const order = host.overlay.nextOrder()
  const pendingWrites: PendingWrite[] = []
  for (const write of writes) {
    const pendingWrite = makeWrite(dosync, write, id, order)
    if (pendingWrite.external !== undefined) flight.hasExternal = true
    pendingWrites.push(pendingWrite)
  }
  const pending = new Pending(
    dosync,
    dosync.id,
    dosync.options.label,
    order,
    expectedReads(dosync, writes),
    expectedRanges(dosync),
    pendingWrites,
  )
  dosync.committing(pending, outcome)
  host.committer.enter(flight, pending, size)
}

function makeWrite(
  dosync: Dosync<any>,
  { handle, expected, encoded }: Prepared,
  id: string,
  order: number,
): PendingWrite {
  const { host } = dosync
  const external =
    encoded !== undefined && isExternal(encoded, (host.replica.realm as RealmRecord).inlineLimit)
      ? encoded.data
      : undefined
  const data = external === undefined ? encoded?.data : undefined
  const node = new Version(handle.state, id, handle.home.id, encoded !== undefined, data, IN_FLIGHT, order)
  node.author = host.authorOf(dosync)
  if (external !== undefined) node.loaded = external
  if (encoded?.shareable) {
    node.value = encoded.value
    node.hasValue = true
  }
  return {
    state: handle.state,
    version: expected.id,
    expected,
    marked: false,
    home: handle.home.id,
    existence: encoded === undefined ? (expected.exists ? DELETES : UPDATES) : expected.exists ? UPDATES : CREATES,
    exists: encoded !== undefined,
    data,
    json: data === undefined ? undefined : encoded?.json,
    external,
    node,
  }
}

/** What was read and not written: a write carries its own expectation. */
function expectedReads({ run, scope, isSnapshotIsolated }: Dosync<any>, writes: readonly Prepared[]): OwnExpectation[] {
  const reads: OwnExpectation[] = []
  if (run.reads.size === 0) return reads
  const all = !isSnapshotIsolated || run.sawInFlight
  for (const [state, expected] of run.reads) {
    if (scope.writes.has(state) && writes.some((write) => write.handle.state === state)) continue
    if (all || run.ensured?.has(state)) reads.push({ state, version: expected.id, marked: false, expected })
  }
  return reads
}

function expectedRanges({ run, isSnapshotIsolated }: Dosync<any>): readonly OwnRange[] {
  if (run.scans === undefined || (isSnapshotIsolated && !run.sawInFlight)) return NO_RANGES
  return run.scans.map(({ from, to, expected }) => ({ from, to, expected, version: expected?.id ?? '', marked: false }))
}

const NO_RANGES: readonly OwnRange[] = []

/** Roughly what a transaction takes in its record. */
function sizeOf(writes: readonly Prepared[], reads: ReadonlyMap<RefState, Version>): number {
  let size = 40 + reads.size * 60
  for (const { handle, encoded } of writes) {
    size += 60 + handle.state.name.length
    if (encoded !== undefined && typeof encoded.data !== 'number') size += encoded.json.length
  }
  return size
}

/** Whether a value is too large for the record: its container alone holds it then. */
function isExternal({ data, json }: Encoded, inlineLimit: number): boolean {
  if (typeof data === 'number' || typeof data === 'boolean' || data === null) return false
  return json.length * 3 > inlineLimit && utf8Length(json) > inlineLimit
}
