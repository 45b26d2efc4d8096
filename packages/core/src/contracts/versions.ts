import type { Data } from './data.js'

/**
 * The versioned values of one ref: the five functions that make a ref type.
 *
 * 1. *Write-once.* The first `setStateAt` of a version wins and answers true; a later one answers false and changes
 *    nothing, whatever its value. An equal value written again may answer either.
 * 2. *Absent is undefined.* `getStateAt` of a version nobody set answers undefined; `null` is a value.
 * 3. *Durable.* A value whose `setStateAt` resolved is read by every later `getStateAt` of every client, until deleted.
 * 4. *Equal.* A value comes back deeply equal: key order may differ, nothing else.
 * 5. *Separate.* Refs and versions do not mix, however alike their names are.
 * 6. `initVersionedStateContainer` may be called again and by several clients at once; it loses nothing.
 * 7. `deleteStateAt` of an absent version is no error; `destroyVersionedStateContainer` forgets every version of this ref only.
 * 8. *Bounded.* Every call settles in bounded time.
 */
export interface VersionedStateContainer {
  initVersionedStateContainer(): Promise<void>
  destroyVersionedStateContainer(): Promise<void>
  getStateAt(version: string): Promise<Data | undefined>
  setStateAt(value: Data, version: string): Promise<boolean>
  deleteStateAt(version: string): Promise<void>
}

export interface At {
  readonly ref: string
  readonly version: string
}

/** A value under its version. */
export interface Stored extends At {
  readonly value: Data
}

/** What a ref is since `position` of the log; `value` is undefined where it was deleted. */
export interface Head extends At {
  readonly position: number
  readonly value: Data | undefined
}

/**
 * A store's versioned values. Batch forms cross refs, so they belong to the store; they obey the laws above entry by entry,
 * answer in the order asked, and may apply in part when they reject.
 *
 * 9. *Current*, where offered: `setCurrent` shows each head in the store's own view of what refs are now, for people and
 *    programs that read the store without Avout. Heads are committed; one whose position is not above the one shown, or above
 *    that of a deletion shown, changes nothing. It may be called again, by several clients, and late.
 */
export interface VersionedStates {
  /** The largest value in bytes of JSON; unlimited if absent. */
  readonly maxBytes?: number
  /** Called before the append. Throws for what this store can never hold: after it such a value would block redo for ever. */
  check?(value: Data): void
  /**
   * Milliseconds; present where a value is too dear to be written at each commit. Then the log is the durable copy: core stores
   * only the newest version of each ref, this much later at most, and no commit waits for it.
   */
  readonly behind?: number
  container(ref: string): VersionedStateContainer
  getMany?(keys: readonly At[]): Promise<readonly (Data | undefined)[]>
  setMany?(entries: readonly Stored[]): Promise<readonly boolean[]>
  deleteMany?(keys: readonly At[]): Promise<void>
  setCurrent?(heads: readonly Head[]): Promise<void>
}
