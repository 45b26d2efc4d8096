/** A grant. `token` is a fencing token. `lost` aborts when the lease was lost or could not be renewed in time. */
export interface Lease {
  readonly token: number
  readonly lost: AbortSignal
  /** Gives it back; rejects when it was lost already. */
  release(): Promise<void>
}

export interface Waiter {
  readonly owner: string
  readonly token: number
  readonly holds: boolean
  /** When it queued, in ms since 1970 by the store's clock; of a holder as well. Who lost its place has queued again. */
  readonly since: number
}

/**
 * A leased, fair read/write lock. It serves progress: nothing that must be safe rests on it.
 *
 * 1. *Exclusive.* While a write lease is neither released, lost nor expired, nobody else holds a lease; readers share.
 * 2. *Fencing.* Tokens of a lock only grow from one grant to the next.
 * 3. *Reentrant.* An `owner` that holds the lock is granted it again at once; it is free after as many releases.
 * 4. *Leased.* A lease is renewed while its process lives and the store answers; without that it ends after `lease` ms, and
 *    `lost` aborts no later than others can be granted.
 * 5. *Fair.* Waiters are granted in the order in which they queued; readers do not starve a writer.
 * 6. *Cancellable.* A `signal` that aborts ends the wait: `acquire` rejects with `signal.reason` and leaves no trace.
 * 7. *Patient.* Who waits keeps its place while the store is away for less than its lease, as in a restart; so does who holds.
 */
export interface Lock {
  acquire(mode: 'read' | 'write', options: { lease: number; owner: string; signal?: AbortSignal }): Promise<Lease>
  /** Who holds it, then who waits, in the order in which they are to be granted. */
  queue(): Promise<readonly Waiter[]>
}
