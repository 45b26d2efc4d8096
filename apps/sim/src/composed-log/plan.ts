import { CALM, type Faults, Random } from '@avout/core/testing'

/** What one seed does to a composed log. */
export interface Plan {
  readonly seed: number
  readonly clients: number
  /** Loops of one client that call at the same time. */
  readonly callers: number
  readonly calls: number
  /** The longest pause between two calls, in ms. */
  readonly think: number
  readonly weights: Readonly<Record<Call, number>>
  /** Whether the counter lives in the store of the slots. */
  readonly oneStore: boolean
  readonly holeWait: number
  readonly slots: Faults
  readonly counter: Faults
  readonly shuffleTies: boolean
  readonly crashes: number
  readonly pauses: number
  /** How long a pause, and the absence of a store, lasts at most, in ms. */
  readonly pause: number
  readonly outages: number
  /** The counter goes back, or leaps. */
  readonly counterFaults: number
}

export type Call = 'append' | 'read' | 'tail' | 'floor' | 'trim'

/** Swarm: every seed switches each fault on or off and sets its rate. */
export function planOf(seed: number): Plan {
  const random = new Random(seed).stream('composed plan')
  const sometimes = (p: number, value: () => number) => (random.chance(p) ? value() : 0)
  return {
    seed,
    clients: random.between(2, 4),
    callers: random.between(1, 3),
    calls: random.between(4, 14),
    think: random.pick([0, 2, 20]),
    weights: {
      append: random.between(2, 6),
      read: random.between(1, 3),
      tail: random.between(0, 2),
      floor: random.between(0, 1),
      trim: sometimes(0.8, () => random.between(1, 3)),
    },
    oneStore: random.chance(0.3),
    holeWait: random.pick([1, 5, 20]),
    slots: faultsOf(random),
    counter: faultsOf(random),
    shuffleTies: random.chance(0.3),
    crashes: sometimes(0.4, () => random.between(1, 2)),
    pauses: sometimes(0.6, () => random.between(1, 4)),
    pause: random.pick([10, 50, 300]),
    outages: sometimes(0.2, () => 1),
    counterFaults: sometimes(0.4, () => random.between(1, 3)),
  }
}

function faultsOf(random: Random): Faults {
  const rate = (highest: number) => (random.chance(0.5) ? highest * random.next() : 0)
  return {
    ...CALM,
    delay: random.pick([
      [0, 0],
      [1, 1.5],
      [1, 10],
    ] as const),
    slow: rate(0.2),
    slowBy: random.pick([5, 50]),
    patience: random.pick([30, 100]),
    lost: rate(0.05),
    answerLost: rate(0.1),
    late: rate(0.15),
    lateBy: random.pick([
      [0, 30],
      [0, 300],
    ] as const),
    duplicate: rate(0.3),
    partial: rate(0.2),
  }
}
