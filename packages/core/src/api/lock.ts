import type { Options } from './options.js'
import type { Awaitable } from './transaction.js'

export type LockOptions = Options<{
  /** How long the lock outlives its holder's last sign of life, in ms: 10,000. It is renewed while the process lives. */
  lease: number
  /** How long to wait for it, in ms; the client's `timeout` (30,000) if absent. */
  timeout: number
  /** Ends the waiting: it rejects with `signal.reason`. */
  signal: AbortSignal
}>

/** A lock that is held. Disposing never throws for a lost one (it would mask the body's own error); release() does. */
export interface HeldLock extends AsyncDisposable {
  readonly name: string
  /** A fencing token: it only grows from one holder to the next. Of a recorded lock: the log position of its grant. */
  readonly token: number
  /** Aborts, with LockLostError, when the lease was lost: others may hold the lock from now on. */
  readonly signal: AbortSignal
  /** Gives it back; nothing where that was done already. Rejects with LockLostError when it was lost before. */
  release(): Promise<void>
}

export interface LockQueueEntry {
  /** The name of the client, or its id where it has none. */
  readonly client: string
  /** Of who holds it; 0 of who waits. */
  readonly token: number
  readonly holds: boolean
  /** When it asked for the lock, by the store's clock. */
  readonly since: Date
}

/** Waiting for something that another holder of the lock brings about. */
export interface Condition {
  /**
   * Gives the lock back, waits until it is signalled, and takes it again. What was waited for may have passed by then: look
   * again, in a loop. When its time is up it takes the lock again and rejects with UnavailableError, or with `signal.reason`.
   */
  wait(held: HeldLock, options?: LockOptions): Promise<void>
  /** Wakes the one that has waited longest, among those that live. */
  signal(held: HeldLock): Promise<void>
  signalAll(held: HeldLock): Promise<void>
}

/**
 * A lock that all clients of a realm share: leased, fenced, and fair. It orders work; what must be safe even when its holder
 * sleeps through its lease asks for its token, or, of a recorded lock, for `tx.requires`.
 */
export interface Lock {
  readonly name: string
  /** Rejects with UnavailableError (AVOUT_TIMEOUT) when it is not granted in time, naming who holds it. */
  acquire(options?: LockOptions): Promise<HeldLock>
  /** Null where others hold it or wait for it. */
  tryAcquire(options?: LockOptions): Promise<HeldLock | null>
  /**
   * Runs `body` while it holds the lock. Reentrant: called inside such a body, also behind an `await`, it holds it already.
   * Rejects with what the body rejects with; with LockLostError when the lock was lost before the body ended.
   */
  withLock<R>(body: (held: HeldLock) => Awaitable<R>, options?: LockOptions): Promise<R>
  condition(name: string): Condition
  /** Who holds it, then who waits, in order. */
  queue(): Promise<readonly LockQueueEntry[]>
}

export interface ReadWriteLock {
  readonly read: Lock
  readonly write: Lock
}
