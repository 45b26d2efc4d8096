import type { Data } from '../contracts/data.js'
import type { Version } from './version.js'

/** One operation as the log has it: by name, and by the version of its definition where it is a user's; 0 for a built-in one. */
export interface Step {
  readonly name: string
  readonly version: number
  readonly argument: Data
}

/** How a version came from the one before it. Those of numbers have their value with their verdict, and need nothing else. */
export interface Made {
  readonly isNumeric: boolean
  readonly steps: readonly Step[]
  /** What an absent ref begins with. */
  readonly initial: Data
  /** What the steps are to be folded onto; undefined for the initial value, and when that is done. */
  base: Version | undefined
  isFolded: boolean
  /** Why there is no value: this client does not know the operation, or it failed on what it was folded onto. */
  fault: Error | undefined
}

/** Of a version whose verdict is not there. */
export const UNJUDGED: Made = Object.freeze({
  isNumeric: false,
  steps: [],
  initial: null,
  base: undefined,
  isFolded: false,
  fault: undefined,
})

/** Shared by all that operations of numbers make. */
export const OF_NUMBERS: Made = Object.freeze({
  isNumeric: true,
  steps: [],
  initial: null,
  base: undefined,
  isFolded: true,
  fault: undefined,
})
