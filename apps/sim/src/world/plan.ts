import { type Faults, Random, type StoreForm } from '@avout/core/testing'
import { type Profile, profileOf } from './profiles.js'
import { WORK, type WorkKind } from './work/kinds.js'

/** What one seed does: who takes part, what they do, and what goes wrong. */
export interface Plan {
  readonly seed: number
  readonly profile: string
  readonly clients: number
  /** Clients that start cold while the others work. */
  readonly latecomers: number
  readonly window: number
  readonly inlineLimit: number
  /** How many stores refs live in; the first one has the log. */
  readonly homes: number
  /** What each store offers, one for each home. */
  readonly stores: readonly StoreForm[]
  /** The log is composed of the first store's counter and slots. */
  readonly composed: boolean
  /** Callers of one client that work at the same time. */
  readonly callers: number
  readonly callsPerCaller: number
  /** How many lists transactions choose from: few are hot. */
  readonly lists: number
  /** The longest pause between calls, and the chance that a body sleeps between its operations, and for how long at most, in ms. */
  readonly think: number
  readonly bodySleeps: number
  readonly bodySleep: number
  readonly kinds: readonly (readonly [kind: WorkKind, weight: number])[]
  readonly snapshot: number
  readonly staleness: readonly number[]
  readonly timeouts: number
  readonly aborts: number
  /** Costs a fifth of the speed, for good, once a process has used it: profiles of their own. */
  readonly ambient: boolean
  readonly materialize: 'wait' | 'background'
  readonly shuffleTies: boolean
  /** Every client watches two refs; who watches also polls. */
  readonly watches: boolean
  readonly faults: Faults
  /** Faults begin when the first clients are connected. */
  readonly calmStart: boolean
  readonly crashes: number
  readonly pauses: number
  /** How long a pause, and the absence of a store, lasts at most, in ms. */
  readonly pause: number
  readonly outages: number
  readonly rollbacks: number
  /** Foreign bytes put into the log. */
  readonly vandals: number
}

/** Swarm: every seed switches each fault and each kind of work on or off and sets its rate, so that all mixtures come up. */
export function planOf(seed: number, profileName: string): Plan {
  const profile = profileOf(profileName)
  const random = new Random(seed).stream('plan')
  const sometimes = (p: number, value: () => number) => (random.chance(p) ? value() : 0)
  const rate = (highest: number) => sometimes(0.5, () => highest * random.next())
  const swarm = {
    clients: random.between(2, 4),
    latecomers: sometimes(0.5, () => random.between(1, 2)),
    window: random.chance(0.2) ? 64 : random.between(6, 16),
    inlineLimit: random.chance(0.3) ? random.between(6, 30) : 1000,
    homes: random.between(1, 3),
    stores: formsOf(seed),
    composed: false,
    callers: random.between(1, 3),
    callsPerCaller: random.between(1, 4),
    lists: random.between(1, 4),
    think: random.pick([0, 2, 20]),
    bodySleeps: rate(0.4),
    bodySleep: random.pick([1, 10]),
    kinds: [...kindsOf(random, profile), ...(profile.kinds === undefined ? operationsOf(seed) : [])],
    snapshot: rate(0.6),
    staleness: random.pick([[], [], [5], [5, 50, 500]]),
    timeouts: rate(0.1),
    aborts: rate(0.1),
    ambient: false,
    materialize: random.pick(['wait', 'background'] as const),
    shuffleTies: random.chance(0.3),
    watches: random.chance(0.6),
    faults: {
      delay: random.pick([
        [0, 0],
        [1, 1.5],
        [1, 10],
      ] as const),
      slow: rate(0.1),
      slowBy: random.pick([5, 50]),
      patience: random.pick([15, 60]),
      lost: rate(0.1),
      answerLost: rate(0.15),
      late: rate(0.1),
      lateBy: random.pick([
        [0, 30],
        [0, 300],
      ] as const),
      duplicate: rate(0.3),
      stale: rate(0.6),
      partial: rate(0.3),
      pushLost: sometimes(0.5, () => random.pick([0.1, 0.5, 1])),
      pushSpurious: rate(0.2),
      leaseEarly: rate(0.5),
    },
    calmStart: random.chance(0.8),
    crashes: sometimes(0.4, () => random.between(1, 2)),
    pauses: sometimes(0.4, () => random.between(1, 3)),
    pause: random.pick([50, 500, 15_000]),
    outages: sometimes(0.3, () => random.between(1, 2)),
    rollbacks: 0,
    vandals: sometimes(0.1, () => 1),
  }
  return { seed, profile: profile.name, ...swarm, ...profile.fixed, faults: { ...swarm.faults, ...profile.faults } }
}

/** Drawn apart from the rest: what a store offers changes nothing of what else a seed means. */
function formsOf(seed: number): StoreForm[] {
  const random = new Random(seed).stream('stores')
  return Array.from({ length: 3 }, () => ({
    together: random.chance(0.5),
    showsCurrent: random.chance(0.7),
    behind: random.chance(0.2) ? random.pick([5, 100]) : undefined,
  }))
}

const OPERATIONS: readonly WorkKind[] = ['operate', 'stock', 'gauge', 'lookAtOperated']

/** Drawn apart, too: they came later. */
function operationsOf(seed: number): Plan['kinds'] {
  const random = new Random(seed).stream('operations')
  return OPERATIONS.filter(() => random.chance(0.3)).map((kind) => [kind, random.between(1, 4)] as const)
}

/** Drawn by profiles of their own: what they cost, or that they came later, changes nothing of what a seed of the others means. */
const APART: readonly WorkKind[] = ['ambient', 'send', 'runAgent', ...OPERATIONS]

function kindsOf(random: Random, profile: Profile): Plan['kinds'] {
  const every = (Object.keys(WORK) as WorkKind[]).filter((kind) => !APART.includes(kind))
  const kinds = profile.kinds ?? every
  const chosen = kinds.filter(() => random.chance(0.5))
  return (chosen.length === 0 ? [random.pick(kinds)] : chosen).map((kind) => [kind, random.between(1, 5)] as const)
}
