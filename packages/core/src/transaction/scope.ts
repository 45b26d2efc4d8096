import type { FamilyDefinition, RefDefinition, RefKey } from '../api/definitions.js'
import type { RefHandle } from '../reference/ref-handle.js'
import type { Awaitable, Range, Tx } from '../api/transaction.js'
import type { Data } from '../contracts/data.js'
import { usageError } from '../errors.js'
import type { RefState } from '../state/ref-state.js'
import type { Dosync } from './dosync.js'
import { LocalState } from '../state/local-state.js'
import type { Run } from './run.js'
import { scanEntries, scanKeys } from './scan.js'
import { RETRY } from './signals.js'
import { ByRef } from './by-ref.js'
import { type Commute, Write } from './write.js'

type CommitCallback = (commit: { id: string; position: number }) => void
type AbortCallback = (cause: unknown) => void

const NO_CALLBACKS: readonly never[] = []

type Update = (value: any, ...args: any[]) => unknown

/**
 * The transaction as a body sees it. A nested dosync and each branch of orElse get a scope of their own over the same run: what
 * they write is merged into the outer one when they succeed, and dropped when they do not; what they read counts either way.
 */
export class Scope implements Tx {
  readonly writes = new ByRef<Write>()
  /** Writes of local refs, boxed: undefined is a value of theirs. */
  localWrites: Map<LocalState, { readonly value: unknown }> | undefined = undefined
  /** What is called when it is over; of an inner scope that is dropped, nothing is. */
  onCommit: readonly CommitCallback[] = NO_CALLBACKS
  onAbort: readonly AbortCallback[] = NO_CALLBACKS
  /** The first operation that failed: it fails the scope, also when nobody awaited it. */
  failure: { readonly error: unknown } | undefined = undefined
  /** It called retry(). */
  retried = false
  private ended = false
  private pending = 0
  private idle: (() => void) | undefined = undefined
  /** What an inner scope took from the outer one, to see at its end whether that is still so. */
  private taken: Map<object, object | undefined> | undefined = undefined

  constructor(
    readonly owner: Dosync<any>,
    readonly run: Run,
    private readonly outer: Scope | undefined,
  ) {}

  /** The scope that this one was opened in, of whichever client. */
  get around(): Scope | undefined {
    return this.outer ?? this.owner.around
  }

  get id(): string {
    return this.owner.publicId
  }

  get attempt(): number {
    return this.run.attempt
  }

  get signal(): AbortSignal {
    return this.run.signal
  }

  get isOpen(): boolean {
    return !this.ended
  }

  now(): Date {
    return new Date(this.run.startedAt(this.owner.host.platform.clock))
  }

  get(ref: RefKey<any>): Promise<any> {
    try {
      this.checkOpen()
      const handle = this.owner.host.resolve(ref)
      if (handle.kind === 'local') return Promise.resolve(this.localValue(handle.state))
      const value = this.valueOf(handle)
      return isPromise(value) ? this.track(value) : Promise.resolve(value)
    } catch (error) {
      return this.fail(error)
    }
  }

  getAll(refs: readonly RefKey<any>[]): Promise<any> {
    return Promise.all(refs.map((ref) => this.get(ref)))
  }

  has(ref: RefKey<any>): Promise<boolean> {
    try {
      this.checkOpen()
      const handle = this.refHandle(ref, 'has')
      const written = this.buffered(handle.state)
      if (written !== undefined) return Promise.resolve(written.encoded !== undefined)
      return Promise.resolve(this.run.read(handle.state).exists)
    } catch (error) {
      return this.fail(error)
    }
  }

  keys(family: FamilyDefinition<any>, range: Range = {}): Promise<string[]> {
    return this.operate(() => scanKeys(this, family, range))
  }

  entries(family: FamilyDefinition<any>, range: Range = {}): Promise<[key: string, value: any][]> {
    return this.operate(() => scanEntries(this, family, range))
  }

  set(ref: RefKey<any>, value: unknown): void {
    this.checkOpen()
    const handle = this.owner.host.resolve(ref)
    if (handle.kind === 'local') {
      this.writeLocal(handle.state, value)
      return
    }
    const written = this.buffered(handle.state)
    refuseAfterCommute(handle, written)
    this.put(handle, written, value, undefined)
  }

  alter(ref: RefKey<any>, f: Update, ...args: unknown[]): Promise<any> {
    try {
      this.checkOpen()
      const handle = this.owner.host.resolve(ref)
      if (handle.kind === 'local') return Promise.resolve(this.alterLocal(handle.state, f, args))
      refuseAfterCommute(handle, this.buffered(handle.state))
      const value = this.valueOf(handle)
      if (isPromise(value)) return this.track(value.then((loaded) => this.alterLoaded(handle, loaded, f, args)))
      return Promise.resolve(this.put(handle, this.buffered(handle.state), apply(handle, f, value, args), undefined))
    } catch (error) {
      return this.fail(error)
    }
  }

  commute(ref: RefKey<any>, f: Update, ...args: unknown[]): Promise<any> {
    try {
      this.checkOpen()
      const handle = this.owner.host.resolve(ref)
      if (handle.kind === 'local') return Promise.resolve(this.alterLocal(handle.state, f, args))
      const value = this.provisional(handle)
      if (isPromise(value)) return this.track(value.then((loaded) => this.commuteLoaded(handle, loaded, f, args)))
      return Promise.resolve(this.commuteLoaded(handle, value, f, args))
    } catch (error) {
      return this.fail(error)
    }
  }

  ensure(ref: RefKey<any>): Promise<any> {
    try {
      this.checkOpen()
      const handle = this.owner.host.resolve(ref)
      if (handle.kind === 'ref') {
        this.run.read(handle.state)
        this.run.ensured ??= new Set()
        this.run.ensured.add(handle.state)
      }
      return this.get(ref)
    } catch (error) {
      return this.fail(error)
    }
  }

  delete(ref: RefDefinition<any>): void {
    this.checkOpen()
    const handle = this.refHandle(ref, 'delete')
    const written = this.buffered(handle.state)
    refuseAfterCommute(handle, written)
    const expected = written?.expected ?? this.run.peek(handle.state)
    handle.checkHome(expected)
    this.trackHome(handle, undefined)
    this.writes.set(new Write(handle, expected, undefined, undefined))
  }

  retry(): never {
    this.checkOpen()
    this.retried = true
    throw RETRY
  }

  orElse<A, B>(left: (tx: Tx) => Awaitable<A>, right: (tx: Tx) => Awaitable<B>): Promise<A | B> {
    return this.operate(async () => {
      try {
        return await this.join(left)
      } catch (error) {
        if (error !== RETRY) throw error
      }
      return this.joinOrRetry(right)
    })
  }

  /** Joins; its failure is the caller's to catch, for the inner writes are dropped. But it is awaited in any case. */
  dosync<R>(body: (tx: Tx) => Awaitable<R>): Promise<R> {
    const joined = this.openJoin(body)
    this.begin()
    const finish = (): void => this.finish()
    joined.then(finish, finish)
    return joined
  }

  afterCommit(f: CommitCallback): void {
    this.checkOpen()
    this.onCommit = [...this.onCommit, f]
  }

  afterAbort(f: AbortCallback): void {
    this.checkOpen()
    this.onAbort = [...this.onAbort, f]
  }

  // ---- for the transaction that owns it

  /** Whether operations are under way: the body has ended, they have not. */
  get isBusy(): boolean {
    return this.pending > 0
  }

  /** Resolves when every operation that was begun has ended. */
  settled(): Promise<void> {
    return new Promise((resolve) => {
      this.idle = resolve
    })
  }

  end(): void {
    this.ended = true
  }

  /** What this scope, or one around it, wrote to a ref. */
  buffered(state: RefState): Write | undefined {
    const own = this.writes.get(state)
    if (own !== undefined || this.outer === undefined) return own
    return this.take(state, this.outer.buffered(state))
  }

  /** The value that a read in this scope gives; a promise where the store has to be asked for it. */
  valueOf(handle: RefHandle<any>): unknown {
    const written = this.buffered(handle.state)
    if (written !== undefined) {
      // What a commute gave is based on the ref's value: who reads it has read the ref.
      if (written.commutes !== undefined) this.run.read(handle.state)
      return written.encoded === undefined ? handle.initial : handle.shared(written.encoded)
    }
    const version = this.run.read(handle.state)
    handle.checkHome(version)
    return handle.valueOf(version)
  }

  /** Begins an operation that the commit waits for, and whose failure fails the scope. */
  operate<R>(operation: () => Promise<R>): Promise<R> {
    try {
      this.checkOpen()
      return this.track(operation())
    } catch (error) {
      return this.fail(error)
    }
  }

  // ---- inside

  private track<R>(operation: Promise<R>): Promise<R> {
    this.begin()
    operation.then(
      () => this.finish(),
      (error: unknown) => {
        this.failure ??= { error }
        this.finish()
      },
    )
    return operation
  }

  private begin(): void {
    this.pending++
  }

  private finish(): void {
    if (--this.pending === 0) this.idle?.()
  }

  /** A failed operation: the run fails with it, so nobody has to await the promise for it to be seen. */
  private fail(error: unknown): Promise<never> {
    this.failure ??= { error }
    const failed = Promise.reject(error)
    failed.catch(ignore)
    return failed
  }

  private checkOpen(): void {
    if (!this.ended) return
    throw usageError(
      'AVOUT_TX_ENDED',
      'this transaction has ended: use tx only inside its body, and await what uses it',
    )
  }

  private refHandle(ref: RefKey<any>, operation: string): RefHandle<any> {
    const handle = this.owner.host.resolve(ref)
    if (handle.kind === 'ref') return handle
    throw usageError('AVOUT_LOCAL_REF', `${operation} is not for local refs: they always have a value`)
  }

  private alterLoaded(handle: RefHandle<any>, loaded: unknown, f: Update, args: unknown[]): unknown {
    // Another operation may have written meanwhile: the function runs in one step with its read.
    const written = this.buffered(handle.state)
    refuseAfterCommute(handle, written)
    const value = written === undefined ? loaded : this.valueOf(handle)
    return this.put(handle, written, apply(handle, f, value, args), undefined)
  }

  private commuteLoaded(handle: RefHandle<any>, loaded: unknown, f: Update, args: unknown[]): unknown {
    const written = this.buffered(handle.state)
    const value = written === undefined ? loaded : this.provisional(handle)
    const next = apply(handle, f, value, args)
    if (written !== undefined && written.commutes === undefined) return this.put(handle, written, next, undefined)
    return this.put(handle, written, next, [...(written?.commutes ?? []), { f, args }])
  }

  /** The value that a commute begins with: not a read. */
  private provisional(handle: RefHandle<any>): unknown {
    const written = this.buffered(handle.state)
    if (written !== undefined) return written.encoded === undefined ? handle.initial : handle.shared(written.encoded)
    const version = this.run.peek(handle.state)
    handle.checkHome(version)
    return handle.valueOf(version)
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
    this.trackHome(handle, encoded.data)
    this.writes.set(new Write(handle, expected, encoded, commutes))
    return handle.shared(encoded)
  }

  /** What its store can never hold is refused here; a store that is not open yet is asked before the commit. */
  private trackHome(handle: RefHandle<any>, data: Data | undefined): void {
    const { home } = handle
    if (home.session !== undefined) handle.checkStorable(data)
    else void this.track(home.ready().then(() => handle.checkStorable(data)))
  }

  private bufferedLocal(local: LocalState): { readonly value: unknown } | undefined {
    const own = this.localWrites?.get(local)
    if (own !== undefined || this.outer === undefined) return own
    return this.take(local, this.outer.bufferedLocal(local))
  }

  private take<T extends object>(key: object, found: T | undefined): T | undefined {
    this.taken ??= new Map()
    if (!this.taken.has(key)) this.taken.set(key, found)
    return found
  }

  private writeLocal(local: LocalState, value: unknown): void {
    this.localWrites ??= new Map()
    this.localWrites.set(local, { value })
  }

  private localValue(local: LocalState): unknown {
    const written = this.bufferedLocal(local)
    return written === undefined ? this.run.readLocal(local) : written.value
  }

  private alterLocal(local: LocalState, f: Update, args: unknown[]): unknown {
    const value = f(this.localValue(local), ...args)
    if (isPromise(value)) throw asynchronous(local.name)
    this.writeLocal(local, value)
    return value
  }

  private async openJoin<R>(body: (tx: Tx) => Awaitable<R>): Promise<R> {
    this.checkOpen()
    return this.joinOrRetry(body)
  }

  /** A retry of an inner body is one of this. */
  private async joinOrRetry<R>(body: (tx: Tx) => Awaitable<R>): Promise<R> {
    try {
      return await this.join(body)
    } catch (error) {
      if (error === RETRY) this.retried = true
      throw error
    }
  }

  /** Runs an inner body and takes its writes over; again, if another one has written here what it was based on. */
  private async join<R>(body: (tx: Tx) => Awaitable<R>): Promise<R> {
    for (;;) {
      const inner = new Scope(this.owner, this.run, this)
      let result: R
      try {
        result = await inner.complete(body)
      } catch (error) {
        if (this.stillHas(inner)) throw error
        continue
      }
      if (!this.stillHas(inner)) continue
      for (const write of inner.writes.items) this.writes.set(write)
      for (const [local, { value }] of inner.localWrites ?? []) this.writeLocal(local, value)
      this.onCommit = [...this.onCommit, ...inner.onCommit]
      this.onAbort = [...this.onAbort, ...inner.onAbort]
      return result
    }
  }

  private stillHas(inner: Scope): boolean {
    for (const [key, found] of inner.taken ?? []) {
      const now = key instanceof LocalState ? this.bufferedLocal(key) : this.buffered(key as RefState)
      if (now !== found) return false
    }
    return true
  }

  private async complete<R>(body: (tx: Tx) => Awaitable<R>): Promise<R> {
    try {
      const result = await this.owner.host.enter(this, body)
      if (this.isBusy) await this.settled()
      if (this.retried) throw RETRY
      if (this.failure !== undefined) throw this.failure.error
      return result
    } catch (error) {
      throw this.retried ? RETRY : error
    } finally {
      if (this.isBusy) await this.settled()
      this.end()
    }
  }
}

function refuseAfterCommute(handle: RefHandle<any>, written: Write | undefined): void {
  if (written?.commutes === undefined) return
  throw usageError(
    'AVOUT_SET_AFTER_COMMUTE',
    `${handle.name} was commuted in this transaction: it cannot be set after that`,
  )
}

function apply(handle: RefHandle<any>, f: Update, value: unknown, args: readonly unknown[]): unknown {
  const next = f(value, ...args)
  if (isPromise(next)) throw asynchronous(handle.name)
  return next
}

function asynchronous(name: string): TypeError {
  return usageError('AVOUT_ASYNC_UPDATE', `the function given for ${name} answered a promise: read first, then alter`)
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function' && value instanceof Promise
}

/** The failure is kept in the scope. */
function ignore(): void {}
