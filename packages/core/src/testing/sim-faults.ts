/** How a simulated store and its network misbehave. Chances are in [0, 1], of each call; times are milliseconds. */
export interface Faults {
  /** One way through the network takes between the two. */
  readonly delay: readonly [from: number, to: number]
  /** Chance that one way takes `slowBy` times as long. */
  readonly slow: number
  readonly slowBy: number
  /** Who gets no answer is told so (`UnavailableError`) after this time. */
  readonly patience: number
  /** The request never arrives. */
  readonly lost: number
  /** The request is applied, its answer never arrives. */
  readonly answerLost: number
  /** The request is applied after its sender was told that it failed, as much later as `lateBy` says. */
  readonly late: number
  readonly lateBy: readonly [from: number, to: number]
  /** The request is applied once more, as much later as `lateBy` says; nobody is told. */
  readonly duplicate: number
  /** A read of the log answers as of an earlier moment, no earlier than its laws allow. */
  readonly stale: number
  /** The missed entries that an append answers stop short; a batch of writes is applied in part and fails. */
  readonly partial: number
  /** A push gets lost; another one comes without reason. */
  readonly pushLost: number
  readonly pushSpurious: number
  /** A lease ends at the store before its time, and before its holder learns it. */
  readonly leaseEarly: number
}

/** A store that answers at once, and always. */
export const CALM: Faults = {
  delay: [0, 0],
  slow: 0,
  slowBy: 10,
  patience: 100,
  lost: 0,
  answerLost: 0,
  late: 0,
  lateBy: [0, 0],
  duplicate: 0,
  stale: 0,
  partial: 0,
  pushLost: 0,
  pushSpurious: 0,
  leaseEarly: 0,
}
