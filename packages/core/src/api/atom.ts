import type { Backend } from '../contracts/backend.js'
import type { Validator } from './definitions.js'
import type { Options } from './options.js'
import type { Reference } from './reference.js'

export type AtomOptions<T> = Options<{
  /** The backend that it lives in, or the id of one of the client's backends; the coordinator's if absent. */
  in: Backend<'state'> | string
  validate: Validator<T>
}>

/**
 * One value, changed by itself: Clojure's atom, shared by every client of its realm. Uncoordinated: what must change together
 * belongs in refs and one transaction.
 *
 * Reads are linearizable. `Change.position` counts the changes that this client has heard of; a change made by others may stand
 * for several, and says so (`resync`). Every call rejects with ClosedError, with UnavailableError when the store does not answer
 * (then nothing was changed), or with OutcomeUnknownError when it was asked to change the value and did not answer.
 */
export interface Atom<in out T> extends Reference<T> {
  /** Sets it to `f(value, ...args)` in one step. `f` is synchronous and may run more than once. Answers the new value. */
  swap<A extends unknown[]>(f: (value: T, ...args: A) => T, ...args: A): Promise<T>
  /** As `swap`; answers the value before, too. */
  swapVals<A extends unknown[]>(f: (value: T, ...args: A) => T, ...args: A): Promise<[old: T, value: T]>
  reset(value: T): Promise<T>
  /** Sets it if it is deeply equal to `old`; answers whether it was. */
  compareAndSet(old: T, value: T): Promise<boolean>
}
