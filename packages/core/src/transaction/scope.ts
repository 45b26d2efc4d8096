import { makeSend } from '../agent/send.js'
import type { AgentDefinition } from '../api/agent.js'
import type { FamilyDefinition, RefDefinition, RefKey } from '../api/definitions.js'
import type { HeldLock } from '../api/lock.js'
import type { Op } from '../api/ops.js'
import type { Awaitable, Range, Tx } from '../api/transaction.js'
import type { Data } from '../contracts/data.js'
import { usageError } from '../errors.js'
import { requiredGrant } from '../lock/grants.js'
import type { Send } from '../record/record.js'
import type { LocalHandle } from '../reference/local-handle.js'
import type { RefHandle } from '../reference/ref-handle.js'
import type { LocalState } from '../state/local-state.js'
import type { Step } from '../state/made.js'
import type { Version } from '../state/version.js'
import { Buffer } from './buffer.js'
import type { Dosync } from './dosync.js'
import { joinOrRetry, orElse } from './join.js'
import { Operations } from './operations.js'
import type { Run } from './run.js'
import { scanEntries, scanKeys } from './scan.js'
import { RETRY } from './signals.js'
import { applyUpdate, type Update } from './update.js'
import { type Commute, Write } from './write.js'

type CommitCallback = (commit: { id: string; position: number }) => void
type AbortCallback = (cause: unknown) => void

const NO_CALLBACKS: readonly never[] = []
const NO_SENDS: readonly never[] = []

/**
 * The transaction as a body sees it. A nested dosync and each branch of orElse get a scope of their own over the same run: what
 * they write is merged into the outer one when they succeed, and dropped when they do not; what they read counts either way.
 */
export class Scope implements Tx {
  readonly buffer: Buffer
  readonly operations = new Operations()
  /** What is called when it is over; of an inner scope that is dropped, nothing is. */
  onCommit: readonly CommitCallback[] = NO_CALLBACKS
  onAbort: readonly AbortCallback[] = NO_CALLBACKS
  /** What goes to agents with the commit. */
  sends: readonly Send[] = NO_SENDS
  /** It called retry(). */
  retried = false
  private ended = false

  constructor(
    readonly owner: Dosync<any>,
    readonly run: Run,
    private readonly outer: Scope | undefined,
  ) {
    this.buffer = new Buffer(outer?.buffer)
  }

  /** The scope that this one was opened in, of whichever client. */
  get around(): Scope | undefined {
    return this.outer ?? this.owner.around
  }

  get isOpen(): boolean {
    return !this.ended
  }

  /** It has nothing to commit. */
  get isEmpty(): boolean {
    return this.buffer.isEmpty && this.sends.length === 0
  }

  /** A scope inside this one. */
  inner(): Scope {
    return new Scope(this.owner, this.run, this)
  }

  end(): void {
    this.ended = true
  }

  takeOver(inner: Scope): void {
    this.buffer.merge(inner.buffer)
    if (inner.onCommit.length > 0) this.onCommit = [...this.onCommit, ...inner.onCommit]
    if (inner.sends.length > 0) this.sends = [...this.sends, ...inner.sends]
    if (inner.onAbort.length > 0) this.onAbort = [...this.onAbort, ...inner.onAbort]
  }

  /** The value that a read in this scope gives; a promise where the store has to be asked for it. */
  valueOf(handle: RefHandle<any>): unknown {
    const written = this.buffer.get(handle.state)
    if (written !== undefined) {
      // What a commute gave is based on the ref's value: who reads it has read the ref.
      if (written.commutes !== undefined) this.run.read(handle.state)
      if (written.steps === undefined) return writtenValue(handle, written)
      return operated(handle, this.run.read(handle.state), written.steps)
    }
    const version = this.run.read(handle.state)
    handle.checkHome(version)
    return handle.valueOf(version)
  }

  // ---- Tx

  get id(): string {
    return this.owner.publicId
  }

  get attempt(): number {
    return this.run.attempt
  }

  get signal(): AbortSignal {
    return this.run.signal
  }

  now(): Date {
    return new Date(this.run.startedAt(this.owner.host.platform.clock))
  }

  get(ref: RefKey<any>): Promise<any> {
    try {
      const value = this.read(ref)
      return value instanceof Promise ? this.operations.track(value) : Promise.resolve(value)
    } catch (error) {
      return this.operations.fail(error)
    }
  }

  /** One promise for all, unless a store has to be asked: one each would cost more than the reads. */
  getAll(refs: readonly RefKey<any>[]): Promise<any> {
    try {
      const values = refs.map((ref) => this.read(ref))
      const isAtHand = !values.some((value) => value instanceof Promise)
      return isAtHand ? Promise.resolve(values) : this.operations.track(Promise.all(values))
    } catch (error) {
      return this.operations.fail(error)
    }
  }

  has(ref: RefKey<any>): Promise<boolean> {
    try {
      const { state } = this.resolveStored(ref, 'has')
      return Promise.resolve((this.buffer.get(state) ?? this.run.read(state)).exists)
    } catch (error) {
      return this.operations.fail(error)
    }
  }

  keys(family: FamilyDefinition<any>, range: Range = {}): Promise<string[]> {
    return this.begin(() => scanKeys(this, family, range))
  }

  entries(family: FamilyDefinition<any>, range: Range = {}): Promise<[key: string, value: any][]> {
    return this.begin(() => scanEntries(this, family, range))
  }

  set(ref: RefKey<any>, value: unknown): void {
    const handle = this.resolveToWrite(ref)
    if (handle.kind === 'local') {
      this.buffer.setLocal(handle.state, value)
      return
    }
    const written = this.buffer.get(handle.state)
    refuseAfterCommute(handle, written)
    this.put(handle, written, value, undefined)
  }

  alter(ref: RefKey<any>, f: Update, ...args: unknown[]): Promise<any> {
    try {
      const handle = this.resolveToWrite(ref)
      if (handle.kind === 'local') return Promise.resolve(this.alterLocal(handle, f, args))
      refuseAfterCommute(handle, this.buffer.get(handle.state))
      const value = this.valueOf(handle)
      if (!(value instanceof Promise)) return Promise.resolve(this.alterNow(handle, value, f, args))
      return this.operations.track(value.then((loaded) => this.alterNow(handle, loaded, f, args)))
    } catch (error) {
      return this.operations.fail(error)
    }
  }

  commute(ref: RefKey<any>, f: Update | Op<any>, ...args: unknown[]): any {
    return typeof f === 'function' ? this.commuteWith(ref, f, args) : this.operate(ref, f)
  }

  private commuteWith(ref: RefKey<any>, f: Update, args: unknown[]): Promise<any> {
    try {
      const handle = this.resolveToWrite(ref)
      if (handle.kind === 'local') return Promise.resolve(this.alterLocal(handle, f, args))
      const value = this.provisional(handle)
      if (!(value instanceof Promise)) return Promise.resolve(this.commuteNow(handle, value, f, args))
      return this.operations.track(value.then((loaded) => this.commuteNow(handle, loaded, f, args)))
    } catch (error) {
      return this.operations.fail(error)
    }
  }

  /** Notes what is to be done: whether it goes into the record as such is decided at the commit, which knows what else was done. */
  private operate(ref: RefKey<any>, op: Op<any>): void {
    this.resolveToWrite(ref)
    const handle = this.resolveStored(ref, 'an operation')
    const step = handle.stepOf(op)
    this.checkHome(handle, step.argument)
    const written = this.buffer.get(handle.state)
    if (written === undefined || written.steps !== undefined) {
      const expected = written?.expected ?? this.run.peek(handle.state)
      handle.checkHome(expected)
      this.buffer.writes.set(new Write(handle, expected, undefined, undefined, [...(written?.steps ?? []), step]))
      return
    }
    this.commuteNow(handle, writtenValue(handle, written), handle.updateOf(step), [])
  }

  ensure(ref: RefKey<any>): Promise<any> {
    try {
      const handle = this.resolve(ref)
      if (handle.kind === 'ref') this.run.ensure(handle.state)
      return this.get(ref)
    } catch (error) {
      return this.operations.fail(error)
    }
  }

  delete(ref: RefDefinition<any>): void {
    this.resolveToWrite(ref)
    const handle = this.resolveStored(ref, 'delete')
    const written = this.buffer.get(handle.state)
    refuseAfterCommute(handle, written)
    const expected = written?.expected ?? this.run.peek(handle.state)
    handle.checkHome(expected)
    this.checkHome(handle, undefined)
    this.buffer.writes.set(new Write(handle, expected, undefined, undefined))
  }

  retry(): never {
    this.checkOpen()
    this.retried = true
    throw RETRY
  }

  orElse<A, B>(left: (tx: Tx) => Awaitable<A>, right: (tx: Tx) => Awaitable<B>): Promise<A | B> {
    return this.begin(() => orElse(this, left, right))
  }

  /** Joins; its failure is the caller's to catch, for the inner writes are dropped. But it is awaited in any case. */
  dosync<R>(body: (tx: Tx) => Awaitable<R>): Promise<R> {
    try {
      this.checkOpen()
    } catch (error) {
      return Promise.reject(error)
    }
    return this.operations.await(joinOrRetry(this, body))
  }

  send(agent: AgentDefinition<any, any>, action: string, argument?: unknown): void {
    this.checkOpen()
    const { host, isReadOnly } = this.owner
    if (isReadOnly) {
      throw usageError('AVOUT_READ_ONLY', `${agent.name} cannot be sent to here: read() only reads, use dosync`)
    }
    this.sends = [...this.sends, makeSend(host.codec, host.committer.maxBytes, agent, action, argument)]
  }

  requires(held: HeldLock): void {
    this.checkOpen()
    const { lock, ref, id } = requiredGrant(held)
    const handle = this.resolveStored(ref, 'requires')
    this.run.ensure(handle.state)
    const check = (granted: unknown): void => {
      if (granted !== id) throw lock.lostError(new Error(`it was granted to another: ${String(granted)}`))
    }
    const granted = this.valueOf(handle)
    if (granted instanceof Promise) void this.operations.track(granted.then(check))
    else check(granted)
  }

  afterCommit(f: CommitCallback): void {
    this.checkOpen()
    this.onCommit = [...this.onCommit, f]
  }

  afterAbort(f: AbortCallback): void {
    this.checkOpen()
    this.onAbort = [...this.onAbort, f]
  }

  // ---- inside

  /** Begins an operation that the commit waits for, and whose failure fails the scope. */
  private begin<R>(operation: () => Promise<R>): Promise<R> {
    try {
      this.checkOpen()
      return this.operations.track(operation())
    } catch (error) {
      return this.operations.fail(error)
    }
  }

  private checkOpen(): void {
    if (!this.ended) return
    throw usageError(
      'AVOUT_TX_ENDED',
      'this transaction has ended: use tx only inside its body, and await what uses it',
    )
  }

  private resolve(ref: RefKey<any>): RefHandle<any> | LocalHandle<any> {
    this.checkOpen()
    return this.owner.host.resolve(ref)
  }

  private resolveToWrite(ref: RefKey<any>): RefHandle<any> | LocalHandle<any> {
    const handle = this.resolve(ref)
    if (!this.owner.isReadOnly) return handle
    throw usageError('AVOUT_READ_ONLY', `${handle.name} cannot be written here: read() only reads, use dosync`)
  }

  private resolveStored(ref: RefKey<any>, operation: string): RefHandle<any> {
    const handle = this.resolve(ref)
    if (handle.kind === 'ref') return handle
    throw usageError('AVOUT_LOCAL_REF', `${operation} is not for local refs: they always have a value`)
  }

  private read(ref: RefKey<any>): unknown {
    const handle = this.resolve(ref)
    return handle.kind === 'local' ? this.localValue(handle.state) : this.valueOf(handle)
  }

  /** In one step with its read: another operation may have written while the value was fetched. */
  private alterNow(handle: RefHandle<any>, read: unknown, f: Update, args: unknown[]): unknown {
    const written = this.buffer.get(handle.state)
    refuseAfterCommute(handle, written)
    const value = written === undefined ? read : writtenValue(handle, written)
    return this.put(handle, written, applyUpdate(handle.name, f, value, args), undefined)
  }

  private commuteNow(handle: RefHandle<any>, provisional: unknown, f: Update, args: unknown[]): unknown {
    const written = this.buffer.get(handle.state)
    const value = written === undefined || written.steps !== undefined ? provisional : writtenValue(handle, written)
    const next = applyUpdate(handle.name, f, value, args)
    const before = written?.steps?.map((step) => ({ f: handle.updateOf(step), args: [] })) ?? written?.commutes ?? []
    const isPlainWrite = written !== undefined && written.commutes === undefined && written.steps === undefined
    return this.put(handle, written, next, isPlainWrite ? undefined : [...before, { f, args }])
  }

  /** The value that a commute begins with: not a read. */
  private provisional(handle: RefHandle<any>): unknown {
    const written = this.buffer.get(handle.state)
    if (written !== undefined && written.steps === undefined) return writtenValue(handle, written)
    const version = this.run.see(handle.state)
    handle.checkHome(version)
    return written?.steps === undefined ? handle.valueOf(version) : operated(handle, version, written.steps)
  }

  private put(
    handle: RefHandle<any>,
    written: Write | undefined,
    value: unknown,
    commutes: readonly Commute[] | undefined,
  ): unknown {
    const expected = written?.expected ?? this.run.peek(handle.state)
    handle.checkHome(expected)
    const encoded = handle.encode(value)
    this.checkHome(handle, encoded.data)
    this.buffer.writes.set(new Write(handle, expected, encoded, commutes))
    return handle.shared(encoded)
  }

  /** What its store can never hold is refused here; a store that is not open yet is asked before the commit. */
  private checkHome(handle: RefHandle<any>, data: Data | undefined): void {
    const { home } = handle
    if (home.session !== undefined) handle.checkStorable(data)
    else void this.operations.track(home.ready().then(() => handle.checkStorable(data)))
  }

  private localValue(local: LocalState): unknown {
    const written = this.buffer.getLocal(local)
    return written === undefined ? this.run.readLocal(local) : written.value
  }

  private alterLocal({ name, state }: LocalHandle<any>, f: Update, args: unknown[]): unknown {
    const value = applyUpdate(name, f, this.localValue(state), args)
    this.buffer.setLocal(state, value)
    return value
  }
}

function writtenValue(handle: RefHandle<any>, { encoded }: Write): unknown {
  return encoded === undefined ? handle.initial : handle.shared(encoded)
}

/** What operations make of the value at a version; a promise where the store has to be asked for it. */
function operated(handle: RefHandle<any>, version: Version, steps: readonly Step[]): unknown {
  handle.checkHome(version)
  const value = handle.valueOf(version)
  const apply = (found: unknown) => handle.shared(handle.encode(handle.operated(found, steps)))
  return value instanceof Promise ? value.then(apply) : apply(value)
}

function refuseAfterCommute(handle: RefHandle<any>, written: Write | undefined): void {
  if (written?.commutes === undefined && written?.steps === undefined) return
  throw usageError(
    'AVOUT_SET_AFTER_COMMUTE',
    `${handle.name} was commuted in this transaction: it cannot be set after that`,
  )
}
