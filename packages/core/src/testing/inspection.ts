import type { Data } from '../contracts/data.js'

/** What a test may look at inside a client. Not for programs: it changes without notice. */
export interface Inspection {
  /** The last position replayed. */
  readonly position: number
  /** H(position). */
  readonly hash: string
  /** A rolling hash of the verdicts of every transaction up to `position`. Equal for all clients, or the replicas differ. */
  readonly verdicts: string
  /** The newest valid write of every ref. */
  heads(): ReadonlyMap<string, { version: string; position: number; exists: boolean }>
  /** What was sent to an agent and is not done, in order; how many were ever sent, and how many of them are done. */
  queue(agent: string): {
    readonly last: number
    readonly cursor: number
    readonly pending: readonly { readonly id: string; readonly action: string; readonly argument: Data | undefined }[]
  }
  /** Records sent and not yet judged. */
  readonly inFlight: number
}

/** One run of a body, told when it ended, however it ended. */
export interface RunTrace {
  readonly id: string
  readonly attempt: number
  /** The position that its view was fixed at. */
  readonly position: number
  /** Versions written by this client's in-flight transactions that the view holds on top, in the order judged: version → refs. */
  readonly inFlight: readonly { readonly version: string; readonly writes: readonly string[] }[]
  /** Every ref it read from the view, and the version it saw ('' for none). */
  readonly reads: readonly (readonly [ref: string, version: string])[]
}
