import { type OwnExpectation, type OwnRange, Pending } from '../commit/pending.js'
import { PendingOperation } from '../commit/pending-operation.js'
import type { Data } from '../contracts/data.js'
import { AvoutError } from '../errors.js'
import type { RealmRecord, Send } from '../record/record.js'
import type { Conflict } from '../replay/verdict.js'
import { UNJUDGED } from '../state/made.js'
import { IN_FLIGHT, Version } from '../state/version.js'
import type { Encoded } from '../values/codec.js'
import { utf8Length } from '../values/size.js'
import type { Outcome } from './body.js'
import type { Buffer } from './buffer.js'
import { Read } from './by-ref.js'
import { confirm } from './confirm.js'
import type { Dosync } from './dosync.js'
import { addedBytes, isUnknown, type Prepared, prepare } from './prepare.js'
import { isStale } from './scan.js'
import type { Write } from './write.js'

/**
 * Takes a transaction whose body has ended into a record, if it agrees with the newest state: heads, and on top what is in
 * flight. The order is Clojure's: commutes, validators, commit point, watches.
 */
export function commit(dosync: Dosync<any>, outcome: Outcome): void {
  if (dosync.isDone) return
  const { host, scope } = dosync
  const { buffer } = scope
  const conflict = conflictOf(dosync)
  if (conflict !== undefined) return dosync.again(conflict)
  if (!checkId(dosync, outcome)) return
  const again = (): void => commit(dosync, outcome)
  let prepared: Prepared | Promise<unknown>
  try {
    prepared = prepare(dosync)
    if (!(prepared instanceof Promise)) validate(prepared.writes, buffer.locals)
  } catch (error) {
    return refuse(dosync, error)
  }
  if (prepared instanceof Promise) {
    prepared.then(again, (error: unknown) => dosync.fail(error))
    return
  }
  if (prepared.blockedOn !== undefined) return dosync.awaitOperations(prepared.blockedOn, again)
  if (dosync.claims === undefined || dosync.claims.isEmpty) {
    const claimed = prepared.operations.find(({ state }) => state.operating?.isClaimed)
    if (claimed !== undefined) return claimed.state.operating?.whenFree(() => dosync.later(again))
  }
  if (buffer.writes.size === 0 && scope.sends.length === 0) return confirm(dosync, outcome)
  if (!host.locals.hold(dosync)) return dosync.again(undefined)
  enter(dosync, outcome, prepared)
}

/** What does not agree with the newest state, by exact comparison: a version that is neither a head nor in flight loses. */
function conflictOf(dosync: Dosync<any>): Conflict | undefined {
  const { host, run, scope } = dosync
  for (const { state, expected, commutes, steps } of scope.buffer.writes.items) {
    if (commutes === undefined && steps === undefined && state.top !== expected)
      return { on: state.name, rival: state.top }
  }
  const all = validatesReads(dosync)
  for (const { state, expected } of run.reads.items) {
    if (state.top !== expected && (all || run.ensured?.has(state))) return { on: state.name, rival: state.top }
  }
  if (run.scans === undefined || !all) return undefined
  for (const scan of run.scans) {
    const last = host.overlay.lastExistenceChange(scan, Number.POSITIVE_INFINITY)
    if (isStale(scan, last, host.replica)) return { on: scan.from, rival: last }
  }
  return undefined
}

/** An id that a user gave commits once. False where it did, or where another one with it is in flight: its verdict decides. */
function checkId(dosync: Dosync<any>, outcome: Outcome): boolean {
  const { id } = dosync.options
  if (id === undefined) return true
  const { overlay, replica } = dosync.host
  if (replica.window.isIdTaken(id)) {
    dosync.fail(
      new AvoutError(
        'invalid',
        'AVOUT_ID_COMMITTED',
        `a transaction with the id ${id} was committed already: see outcome(id)`,
      ),
    )
    return false
  }
  const other = overlay.withId(id)
  other?.follow(() => dosync.later(() => commit(dosync, outcome)))
  return other === undefined
}

/** Under snapshot isolation reads are not validated, unless one was of something that may never have been. */
function validatesReads({ isSnapshotIsolated, run }: Dosync<any>): boolean {
  return !isSnapshotIsolated || run.sawInFlight
}

function validate(writes: readonly Write[], locals: Buffer['locals']): void {
  for (const { handle, encoded } of writes) if (encoded !== undefined) handle.validate(handle.shared(encoded))
  if (locals !== undefined) for (const [local, { value }] of locals) local.validate(value)
}

/** What was refused stands on what was read, the newest values of commuted refs too, and that is to be confirmed. */
function refuse(dosync: Dosync<any>, error: unknown): void {
  const { run, scope } = dosync
  for (const { commutes, steps, state } of scope.buffer.writes.items) {
    if ((commutes === undefined && steps === undefined) || isUnknown(state.top)) continue
    run.reads.set(new Read(state, state.top))
    run.fresh = false
  }
  confirm(dosync, { error })
}

function enter(dosync: Dosync<any>, outcome: Outcome, { writes, operations }: Prepared): void {
  const { committer, overlay } = dosync.host
  const { sends } = dosync.scope
  const size = sizeOf(writes, dosync.run.reads.size) + sizeOfOperations(operations) + sizeOfSends(sends)
  const flight = committer.flightFor(size)
  const id = flight.versionPrefix + flight.transactions.length
  const order = overlay.nextOrder()
  const { inlineLimit } = dosync.host.replica.realm as RealmRecord
  for (const write of writes) {
    write.external = externalOf(write.encoded, inlineLimit)
    if (write.external !== undefined) flight.hasExternal = true
    write.node = makeNode(dosync, write, id, order)
  }
  const reads = expectedReads(dosync)
  const pending = new Pending(dosync, dosync.id, dosync.options.label, order, reads, expectedRanges(dosync), writes)
  if (operations.length > 0) {
    flight.hasOperations = true
    pending.operations = operations.map((write) => operationOf(dosync, write, id, order))
  }
  pending.sends = sends
  dosync.committing(pending, outcome)
  committer.enter(flight, pending, size)
  dosync.releaseTurn() // whoever is next begins now, and must see it
  dosync.claims?.release()
}

function makeNode(dosync: Dosync<any>, write: Write, id: string, order: number): Version {
  const { state, encoded, external, home, exists, data } = write
  const node = new Version(state, id, home, exists, data, IN_FLIGHT, order)
  node.loaded = external
  node.author = dosync.author
  if (encoded?.shareable) {
    node.value = encoded.value
    node.hasValue = true
  }
  return node
}

function operationOf(dosync: Dosync<any>, write: Write, id: string, order: number): PendingOperation {
  const { state, home, handle, steps = [] } = write
  const node = new Version(state, id, home, true, undefined, IN_FLIGHT, order)
  node.made = UNJUDGED
  node.author = dosync.author
  return new PendingOperation(state, home, handle.initialData, steps, node, addedBytes(steps))
}

/** What was read and is not written: a write carries its own expectation. */
function expectedReads(dosync: Dosync<any>): readonly OwnExpectation[] {
  const { run, scope } = dosync
  const all = validatesReads(dosync)
  let reads: OwnExpectation[] | undefined
  for (const read of run.reads.items) {
    const { state } = read
    if (scope.buffer.writes.get(state) !== undefined) continue
    if (!all && !run.ensured?.has(state)) continue
    reads ??= []
    reads.push(read)
  }
  return reads ?? NOTHING
}

function expectedRanges(dosync: Dosync<any>): readonly OwnRange[] {
  const { scans } = dosync.run
  if (scans === undefined || !validatesReads(dosync)) return NOTHING
  return scans.map(({ from, to, expected }) => ({ from, to, expected, version: expected?.id ?? '', marked: false }))
}

const NOTHING: readonly never[] = []

/** A value that is too large for the record: its container alone will hold it. */
function externalOf(encoded: Encoded | undefined, inlineLimit: number): Data | undefined {
  if (encoded === undefined || isScalar(encoded.data)) return undefined
  const { json, data } = encoded
  return json.length * 3 > inlineLimit && utf8Length(json) > inlineLimit ? data : undefined
}

/** Roughly what a transaction takes in its record. */
function sizeOf(writes: readonly Write[], reads: number): number {
  let size = 40 + reads * 60
  for (const { state, encoded } of writes) {
    size += 60 + state.name.length
    if (encoded !== undefined && !isScalar(encoded.data)) size += encoded.json.length
  }
  return size
}

function sizeOfOperations(operations: readonly Write[]): number {
  let size = 0
  for (const { state, steps = [], handle } of operations) {
    size += 60 + state.name.length + addedBytes(steps)
    if (!isScalar(handle.initialData)) size += JSON.stringify(handle.initialData).length
  }
  return size
}

function sizeOfSends(sends: readonly Send[]): number {
  let size = 0
  for (const { agent, action, argument } of sends) {
    size += 20 + agent.length + action.length
    if (argument !== undefined) size += isScalar(argument) ? 20 : JSON.stringify(argument).length
  }
  return size
}

/** Short whatever its value, and its text is not made before it is needed. */
function isScalar(data: Data): boolean {
  return typeof data === 'number' || typeof data === 'boolean' || data === null
}
