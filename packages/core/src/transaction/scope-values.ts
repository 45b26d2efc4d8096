import type { Data } from '../contracts/data.js'
import { usageError } from '../errors.js'
import type { LocalHandle } from '../reference/local-handle.js'
import type { RefHandle } from '../reference/ref-handle.js'
import type { Step } from '../state/made.js'
import type { Version } from '../state/version.js'
import type { Scope } from './scope.js'
import { applyUpdate, type Update } from './update.js'
import { type Commute, Write } from './write.js'

type Handle = RefHandle<any> | LocalHandle<any>

/*
 * How values are read and written in a scope: what it, or the scope around it, wrote is in its buffer, all else in the view of its
 * run. Functions of the scope, for it is made once a run, and must not take another object.
 */

/** A value, or a promise of it where the store has to be asked. */
type Given = unknown

/** The value that a read gives. */
export function read(scope: Scope, handle: Handle): Given {
  return handle.kind === 'local' ? readLocal(scope, handle) : readRef(scope, handle)
}

export function set(scope: Scope, handle: Handle, value: unknown): void {
  if (handle.kind === 'local') {
    scope.buffer.setLocal(handle.state, value)
    return
  }
  const written = scope.buffer.get(handle.state)
  refuseAfterCommute(handle, written)
  put(scope, handle, written, value, undefined)
}

export function alter(scope: Scope, handle: Handle, f: Update, args: unknown[]): Given {
  if (handle.kind === 'local') return alterLocal(scope, handle, f, args)
  refuseAfterCommute(handle, scope.buffer.get(handle.state))
  const value = readRef(scope, handle)
  if (!(value instanceof Promise)) return alterNow(scope, handle, value, f, args)
  return value.then((loaded) => alterNow(scope, handle, loaded, f, args))
}

export function commute(scope: Scope, handle: Handle, f: Update, args: unknown[]): Given {
  if (handle.kind === 'local') return alterLocal(scope, handle, f, args)
  const value = provisional(scope, handle)
  if (!(value instanceof Promise)) return commuteNow(scope, handle, value, f, args)
  return value.then((loaded) => commuteNow(scope, handle, loaded, f, args))
}

/** Notes what is to be done: whether it goes into the record as such is decided at the commit, which knows what else was done. */
export function operate(scope: Scope, handle: RefHandle<any>, step: Step): void {
  const { buffer, run } = scope
  checkStorable(scope, handle, step.argument)
  const written = buffer.get(handle.state)
  if (written !== undefined && written.steps === undefined) {
    commuteNow(scope, handle, writtenValue(handle, written), handle.updateOf(step), [])
    return
  }
  const expected = written?.expected ?? run.peek(handle.state)
  handle.checkHome(expected)
  buffer.writes.set(new Write(handle, expected, undefined, undefined, [...(written?.steps ?? []), step]))
}

/** The ref is to have no value any more. */
export function remove(scope: Scope, handle: RefHandle<any>): void {
  const { buffer, run } = scope
  const written = buffer.get(handle.state)
  refuseAfterCommute(handle, written)
  const expected = written?.expected ?? run.peek(handle.state)
  handle.checkHome(expected)
  checkStorable(scope, handle, undefined)
  buffer.writes.set(new Write(handle, expected, undefined, undefined))
}

function readRef({ buffer, run }: Scope, handle: RefHandle<any>): Given {
  const written = buffer.get(handle.state)
  if (written !== undefined) {
    // What a commute gave is based on the ref's value: who reads it has read the ref.
    if (written.commutes !== undefined) run.read(handle.state)
    if (written.steps === undefined) return writtenValue(handle, written)
    return operated(handle, run.read(handle.state), written.steps)
  }
  const version = run.read(handle.state)
  handle.checkHome(version)
  return handle.valueOf(version)
}

/** The value that a commute begins with: not a read. */
function provisional({ buffer, run }: Scope, handle: RefHandle<any>): Given {
  const written = buffer.get(handle.state)
  if (written !== undefined && written.steps === undefined) return writtenValue(handle, written)
  const version = run.see(handle.state)
  handle.checkHome(version)
  return written?.steps === undefined ? handle.valueOf(version) : operated(handle, version, written.steps)
}

/** In one step with its read: another operation may have written while the value was fetched. */
function alterNow(scope: Scope, handle: RefHandle<any>, read: unknown, f: Update, args: unknown[]): unknown {
  const written = scope.buffer.get(handle.state)
  refuseAfterCommute(handle, written)
  const value = written === undefined ? read : writtenValue(handle, written)
  return put(scope, handle, written, applyUpdate(handle.name, f, value, args), undefined)
}

function commuteNow(scope: Scope, handle: RefHandle<any>, provisional: unknown, f: Update, args: unknown[]): unknown {
  const written = scope.buffer.get(handle.state)
  const value = written === undefined || written.steps !== undefined ? provisional : writtenValue(handle, written)
  const next = applyUpdate(handle.name, f, value, args)
  const before = written?.steps?.map((step) => ({ f: handle.updateOf(step), args: [] })) ?? written?.commutes ?? []
  const isPlainWrite = written !== undefined && written.commutes === undefined && written.steps === undefined
  return put(scope, handle, written, next, isPlainWrite ? undefined : [...before, { f, args }])
}

function readLocal({ buffer, run }: Scope, { state }: LocalHandle<any>): unknown {
  const written = buffer.getLocal(state)
  return written === undefined ? run.readLocal(state) : written.value
}

function alterLocal(scope: Scope, handle: LocalHandle<any>, f: Update, args: unknown[]): unknown {
  const value = applyUpdate(handle.name, f, readLocal(scope, handle), args)
  scope.buffer.setLocal(handle.state, value)
  return value
}

/** Throws where the ref was commuted in this transaction: the commute would be lost, or run on what was set. */
function refuseAfterCommute(handle: RefHandle<any>, written: Write | undefined): void {
  if (written?.commutes === undefined && written?.steps === undefined) return
  throw usageError(
    'AVOUT_SET_AFTER_COMMUTE',
    `${handle.name} was commuted in this transaction: it cannot be set after that`,
  )
}

function put(
  scope: Scope,
  handle: RefHandle<any>,
  written: Write | undefined,
  value: unknown,
  commutes: readonly Commute[] | undefined,
): unknown {
  const { buffer, run } = scope
  const expected = written?.expected ?? run.peek(handle.state)
  handle.checkHome(expected)
  const encoded = handle.encode(value)
  checkStorable(scope, handle, encoded.data)
  buffer.writes.set(new Write(handle, expected, encoded, commutes))
  return handle.shared(encoded)
}

/** What its store can never hold is refused here; a store that is not open yet is asked before the commit. */
function checkStorable({ operations }: Scope, handle: RefHandle<any>, data: Data | undefined): void {
  const { home } = handle
  if (home.session !== undefined) handle.checkStorable(data)
  else void operations.track(home.ready().then(() => handle.checkStorable(data)))
}

function writtenValue(handle: RefHandle<any>, { encoded }: Write): unknown {
  return encoded === undefined ? handle.initial : handle.shared(encoded)
}

/** What operations make of the value at a version. */
function operated(handle: RefHandle<any>, version: Version, steps: readonly Step[]): Given {
  handle.checkHome(version)
  const value = handle.valueOf(version)
  const apply = (found: unknown) => handle.shared(handle.encode(handle.operated(found, steps)))
  return value instanceof Promise ? value.then(apply) : apply(value)
}
