import type { Stored } from './versions.js'

/** One entry of a log. Positions are dense and begin at 1. */
export interface Entry {
  readonly position: number
  /** The bytes as they were appended; empty for a no-op filler of a composed log. Never changed by who reads them. */
  readonly record: Uint8Array
}

export interface Appended {
  readonly position: number
  readonly missed: readonly Entry[]
}

/**
 * A totally ordered, shared log. One append is the commit point of a record.
 *
 * 1. *Atomic.* `append` adds the whole record at one position or nothing. A rejected append may have been applied,
 *    unless its error is of kind `invalid` or `diverged`: then it certainly was not.
 * 2. *Dense.* Positions are 1, 2, 3, …; every client reads the same bytes at the same position, for ever.
 * 3. *Strict.* An append that begins after another was acknowledged gets a later position.
 * 4. *Missed.* `append(record, after)` answers the entries behind `after` and before its own position, in order and
 *    without a gap; it may stop short of its own position (a page limit), never skip.
 * 5. *No knowledge of a lost future.* A caller whose `after` is above the tail knows entries that the log lost: the
 *    append is refused with `LogDivergedError` and nothing is written.
 * 6. *Tail.* `tail()` answers a position at least as high as every append acknowledged before the call began.
 * 7. *Read.* `read(after, limit)` answers the entries behind `after`, in order, without a gap, at most `limit`. It may
 *    stop short (a page), but answers at least one where a tail learned before it began is above `after`. Only trimming
 *    makes the first one begin later than `after + 1`: then it is the floor.
 * 8. *Trim.* `trim(below)` raises the floor to `below` (never lowers it, never above the tail: the last entry stays) before
 *    it deletes anything. After it nothing below the floor is ever answered, also when a slow writer wins an old place.
 * 9. *Push.* `subscribe(wake)` calls `wake` some time after entries were added. It may call too often, and a lost call is
 *    no breach: who waits also polls.
 * 10. *Bounded.* Every call settles in bounded time (`UnavailableError` when the store does not answer).
 * 11. *Together*, where offered: `appendWith` is `append`, and stores values of the same store as `setMany` does, in one round
 *     trip. It resolves when both are done. Where it rejects, either may have been applied, the values also in part; an error of
 *     kind `invalid` or `diverged` still means that nothing was appended.
 */
export interface Log {
  /** The largest record that one append takes, in bytes; unlimited if absent. */
  readonly maxBytes?: number
  append(record: Uint8Array, after: number): Promise<Appended>
  appendWith?(record: Uint8Array, after: number, values: readonly Stored[]): Promise<Appended>
  read(after: number, limit: number): Promise<readonly Entry[]>
  tail(): Promise<number>
  /** The first position kept; 1 for a log that was never trimmed. */
  floor(): Promise<number>
  subscribe(wake: () => void): Promise<AsyncDisposable>
  trim(below: number): Promise<void>
}
