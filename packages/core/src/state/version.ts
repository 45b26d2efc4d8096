import type { Data } from '../contracts/data.js'
import type { Made } from './made.js'
import type { RefState } from './ref-state.js'

/** The position of a write that is in flight: behind every position there is. */
export const IN_FLIGHT = Number.POSITIVE_INFINITY

/** The version of a ref that nobody wrote. */
export const NONE = ''

/** How a transaction is called by its rivals. */
export interface Author {
  readonly id: string
  readonly label?: string
  readonly client: string
}

/**
 * One write of one ref: a link in the ref's chain, newest first. Committed ones have their position in the log; on top of
 * them stand this client's in-flight ones, in the order in which they will be judged.
 */
export class Version {
  /** Where the log decided it; `IN_FLIGHT` until then. */
  position: number
  /** The write that it follows; cut when it falls behind the window. */
  previous: Version | undefined = undefined
  /** The run-time value, once decoded or when this client wrote it; `hasValue` tells whether it is there. */
  value: unknown = undefined
  hasValue = false
  /** The value as its container holds it, where the log does not carry it and it is known. */
  loaded: Data | undefined = undefined
  /** How a commutative operation made it; undefined where its writer said what it is. */
  made: Made | undefined = undefined
  /** Who wrote it, where that says more than the version does. */
  author: Author | undefined = undefined
  /** Judged invalid, or certain to be: no view may serve it any more. */
  dead = false

  constructor(
    readonly state: RefState,
    /** `client.number.i`; `NONE` at the bottom of the chain of a ref that was never written. */
    readonly id: string,
    /** The `id` of the backend that the ref lives in. */
    readonly home: string,
    /** False for a deletion, and for `NONE`. */
    readonly exists: boolean,
    /**
     * What the log carries; undefined for a deletion and for a value that only its container holds. What an operation made has it
     * when its verdict, or for one that is not of numbers its folding, is done.
     */
    public data: Data | undefined,
    position: number,
    /** Its transaction's place among this client's own, from 1; 0 for another client's. */
    readonly order: number,
  ) {
    this.position = position
  }
}
