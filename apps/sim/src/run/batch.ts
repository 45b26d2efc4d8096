/** Schedules to run: the seeds from `seed` on. */
export interface Batch {
  readonly profile: string
  readonly seed: number
  readonly schedules: number
  /** Ends with the first schedule that fails. */
  readonly stopAtFirst: boolean
}

export interface Failure {
  readonly seed: number
  readonly profile: string
  /** What was violated, in words. */
  readonly violations: readonly string[]
}

export interface BatchReport {
  readonly schedules: number
  readonly events: number
  readonly failures: readonly Failure[]
  /** How often rare things happened. */
  readonly tally: readonly (readonly [what: string, times: number])[]
}

/** What a worker says: how many schedules it has run since it said so last, and at the end all. */
export type WorkerMessage = { readonly ran: number } | { readonly report: BatchReport }
