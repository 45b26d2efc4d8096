import type { ActionOf, AgentDefinition, ArgOf, Handlers } from './agent.js'
import type { FamilyDefinition, RefDefinition, RefKey, Update, ValueOf } from './definitions.js'
import type { HeldLock } from './lock.js'
import type { Op } from './ops.js'
import type { Options } from './options.js'

export type Awaitable<T> = T | PromiseLike<T>

export type Range = Options<{ prefix: string; after: string; limit: number }>

/** Reads of one consistent snapshot. */
export interface Reader {
  get<T>(ref: RefKey<T>): Promise<T>
  getAll<const R extends readonly RefKey<any>[]>(refs: R): Promise<{ -readonly [K in keyof R]: ValueOf<R[K]> }>
  /** Whether it was written and not deleted; otherwise it reads as its initial value. */
  has(ref: RefKey<any>): Promise<boolean>
  /** Keys there are, in order; the range belongs to the read set (no phantoms). */
  keys(family: FamilyDefinition<any>, range?: Range): Promise<string[]>
  entries<T>(family: FamilyDefinition<T>, range?: Range): Promise<[key: string, value: T][]>
}

/**
 * One run of a body. Every operation begun in it is awaited before its commit, and its failure fails the run. A doomed run cannot
 * be saved by a catch. Used after its end, it throws.
 */
export interface Tx extends Reader {
  readonly id: string
  /** 1 for the first run. */
  readonly attempt: number
  /** Aborts when this run is doomed, timed out or cancelled. */
  readonly signal: AbortSignal
  /** The time at which the run began, the same throughout. */
  now(): Date
  set<T>(ref: RefKey<T>, value: NoInfer<T>): void
  /** Sets the ref to what `f` makes of its value, in one step, and answers that. */
  alter<R extends RefKey<any>, A extends unknown[]>(ref: R, f: Update<R, A>, ...args: A): Promise<ValueOf<R>>
  /**
   * Does the operation when the log has ordered it: it conflicts with no other, from whichever client, only with readers of the ref. Of
   * a ref that this transaction reads or writes as well, or that has a validator, it is a commute like the other form.
   */
  commute<T>(ref: RefKey<T>, op: Op<NoInfer<T>>): void
  /** Like alter, but `f` runs again on the newest value at the commit, and the value here is provisional: others may commute meanwhile. */
  commute<R extends RefKey<any>, A extends unknown[]>(ref: R, f: Update<R, A>, ...args: A): Promise<ValueOf<R>>
  /** Reads the ref and keeps it from changing until the commit, also under snapshot isolation. */
  ensure<T>(ref: RefKey<T>): Promise<T>
  delete(ref: RefDefinition<any>): void
  /** Ends the run and begins it again when something that it read has changed. Write `return tx.retry()`: TypeScript does not narrow after a bare call. */
  retry(): never
  /** Runs `left`; where that retries, drops its writes and runs `right`. The reads of both count. */
  orElse<A, B>(left: (tx: Tx) => Awaitable<A>, right: (tx: Tx) => Awaitable<B>): Promise<A | B>
  /** Joins this transaction; a throw drops the inner writes. */
  dosync<R>(body: (tx: Tx) => Awaitable<R>): Promise<R>
  /** Sends an action to an agent with the commit; lost with an abort. The argument is a value like that of a ref. */
  send<S, H extends Handlers<S>, K extends ActionOf<H>>(
    agent: AgentDefinition<S, H>,
    action: K,
    ...arg: ArgOf<H[K]>
  ): void
  /**
   * Commits only if the lock is still this holder's in the log, however long it slept: throws LockLostError where another was
   * granted it. For recorded locks.
   */
  requires(held: HeldLock): void
  /** Called after the commit, before dosync resolves. */
  afterCommit(f: (commit: { id: string; position: number }) => void): void
  /** Called when dosync gives up, with what it rejects with. */
  afterAbort(f: (cause: unknown) => void): void
}
