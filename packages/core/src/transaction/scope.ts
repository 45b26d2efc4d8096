import { makeSend } from '../agent/send.js'
import type { AgentDefinition } from '../api/agent.js'
import type { FamilyDefinition, RefDefinition, RefKey } from '../api/definitions.js'
import type { HeldLock } from '../api/lock.js'
import type { Op } from '../api/ops.js'
import type { Awaitable, Range, Tx } from '../api/transaction.js'
import { usageError } from '../errors.js'
import { requiredGrant } from '../lock/grants.js'
import type { Send } from '../record/record.js'
import type { LocalHandle } from '../reference/local-handle.js'
import type { RefHandle } from '../reference/ref-handle.js'
import { Buffer } from './buffer.js'
import type { Dosync } from './dosync.js'
import { joinOrRetry, orElse } from './join.js'
import { Operations } from './operations.js'
import type { Run } from './run.js'
import { scanEntries, scanKeys } from './scan.js'
import { alter, commute, operate, read, remove, set } from './scope-values.js'
import { RETRY } from './signals.js'
import type { Update } from './update.js'

type Handle = RefHandle<any> | LocalHandle<any>
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
      return this.answer(read(this, this.resolve(ref)))
    } catch (error) {
      return this.operations.fail(error)
    }
  }

  /** One promise for all, unless a store has to be asked: one each would cost more than the reads. */
  getAll(refs: readonly RefKey<any>[]): Promise<any> {
    try {
      const values = refs.map((ref) => read(this, this.resolve(ref)))
      const isAtHand = !values.some((value) => value instanceof Promise)
      return isAtHand ? Promise.resolve(values) : this.operations.track(Promise.all(values))
    } catch (error) {
      return this.operations.fail(error)
    }
  }

  has(ref: RefKey<any>): Promise<boolean> {
    try {
      const { state } = stored(this.resolve(ref), 'has')
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
    set(this, this.resolveToWrite(ref), value)
  }

  alter(ref: RefKey<any>, f: Update, ...args: unknown[]): Promise<any> {
    try {
      return this.answer(alter(this, this.resolveToWrite(ref), f, args))
    } catch (error) {
      return this.operations.fail(error)
    }
  }

  commute(ref: RefKey<any>, f: Update | Op<any>, ...args: unknown[]): any {
    if (typeof f !== 'function') return this.operate(ref, f)
    try {
      return this.answer(commute(this, this.resolveToWrite(ref), f, args))
    } catch (error) {
      return this.operations.fail(error)
    }
  }

  private operate(ref: RefKey<any>, op: Op<any>): void {
    const handle = stored(this.resolveToWrite(ref), 'an operation')
    operate(this, handle, handle.stepOf(op))
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
    remove(this, stored(this.resolveToWrite(ref), 'delete'))
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
    const handle = stored(this.resolve(ref), 'requires')
    this.run.ensure(handle.state)
    const check = (granted: unknown): void => {
      if (granted !== id) throw lock.lostError(new Error(`it was granted to another: ${String(granted)}`))
    }
    const granted = read(this, handle)
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

  /** What an operation came to; one that has to wait for a store is waited for. */
  private answer(value: unknown): Promise<any> {
    return value instanceof Promise ? this.operations.track(value) : Promise.resolve(value)
  }

  private checkOpen(): void {
    if (!this.ended) return
    throw usageError(
      'AVOUT_TX_ENDED',
      'this transaction has ended: use tx only inside its body, and await what uses it',
    )
  }

  private resolve(ref: RefKey<any>): Handle {
    this.checkOpen()
    return this.owner.host.resolve(ref)
  }

  private resolveToWrite(ref: RefKey<any>): Handle {
    const handle = this.resolve(ref)
    if (!this.owner.isReadOnly) return handle
    throw usageError('AVOUT_READ_ONLY', `${handle.name} cannot be written here: read() only reads, use dosync`)
  }
}

function stored(handle: Handle, operation: string): RefHandle<any> {
  if (handle.kind === 'ref') return handle
  throw usageError('AVOUT_LOCAL_REF', `${operation} is not for local refs: they always have a value`)
}
