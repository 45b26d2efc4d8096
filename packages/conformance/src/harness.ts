import type { Backend, Data } from '@avout/core/backend'

/** A store to be examined. It lives from its making until `close`. */
export interface Harness {
  /** A backend of the store, as one client would make it. Every one that is opened reaches the same data. */
  open(): Backend<never>
  /** Stops the store and starts it again, with what it has made durable. */
  restart?(): Promise<void>
  /** What the store's own view of current values shows for a ref, read with the store's own client; undefined where nothing. */
  current?(realm: string, ref: string): Promise<Data | undefined>
  /** Ends the store. */
  close(): Promise<void>
}

export interface SuiteOptions {
  /**
   * Scenarios that this store is known to fail, and why. They run as expected failures: a gap that has closed, and a name that
   * no scenario bears, fail the run.
   */
  readonly knownGaps?: Readonly<Record<string, string>> | undefined
  /** Runs the scenarios whose names match, and no others. */
  readonly only?: RegExp | undefined
  /** Equal seeds give equal data. 1 if absent. */
  readonly seed?: number | undefined
  /** Milliseconds that one scenario may take. 30,000 if absent. */
  readonly timeout?: number | undefined
}

export interface Report {
  /** How many scenarios were kept, known gaps among them. Those that `only` leaves out count nowhere. */
  readonly passed: number
  readonly failed: readonly { readonly scenario: string; readonly law: string; readonly error: Error }[]
  /** The scenarios that ran in place of stronger ones, because the store does not offer what those need. */
  readonly weaker: readonly string[]
}
