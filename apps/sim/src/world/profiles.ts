import { CALM, type Faults } from '@avout/core/testing'
import type { Plan } from './plan.js'
import type { WorkKind } from './work/kinds.js'

/** What a family of seeds has in common; the rest is drawn. */
export interface Profile {
  readonly name: string
  readonly about: string
  readonly kinds?: readonly WorkKind[]
  readonly fixed?: Partial<Omit<Plan, 'seed' | 'profile' | 'kinds' | 'faults'>>
  readonly faults?: Partial<Faults>
}

const QUIET = { crashes: 0, pauses: 0, outages: 0, vandals: 0, latecomers: 0, timeouts: 0, aborts: 0 }

export const PROFILES: readonly Profile[] = [
  { name: 'all', about: 'every kind of work and every fault but rollbacks, each on or off by the seed' },
  {
    name: 'calm',
    about: 'every kind of work on stores that always answer',
    fixed: QUIET,
    faults: { ...CALM, delay: [1, 3] },
  },
  { name: 'lists', about: 'transactions on lists, every fault but rollbacks', kinds: ['update', 'look', 'throw'] },
  {
    name: 'pipeline',
    about: 'many callers on two lists: records in flight that build on each other',
    kinds: ['update', 'look', 'throw', 'bank'],
    fixed: { callers: 5, lists: 2, think: 2, clients: 2 },
  },
  {
    name: 'snapshot',
    about: 'snapshot isolation: lists, and doctors on call',
    kinds: ['update', 'look', 'doctors'],
    fixed: { snapshot: 0.8 },
  },
  {
    name: 'waiting',
    about: 'workers that wait for each other, pushes that get lost',
    kinds: ['put', 'take', 'takeEither', 'update'],
    fixed: { watches: false },
    faults: { pushLost: 1, pushSpurious: 0 },
  },
  {
    name: 'branches',
    about: 'inner transactions that throw, branches that retry',
    kinds: ['update', 'orElse', 'throw'],
  },
  {
    name: 'skew',
    about: 'snapshot isolation over records in flight',
    kinds: ['update', 'look'],
    fixed: { snapshot: 0.7, callers: 5, clients: 3, lists: 3, think: 2, callsPerCaller: 4 },
  },
  { name: 'stale', about: 'reads that may be stale', kinds: ['look', 'peek', 'update'], fixed: { staleness: [5, 30] } },
  {
    name: 'impatient',
    about: 'callers that give up, by deadline or by signal',
    kinds: ['update', 'bank', 'orElse'],
    fixed: { timeouts: 0.3, aborts: 0.3, callers: 4, lists: 2 },
  },
  {
    name: 'outages',
    about: 'clients that crash, stores that are absent, several homes',
    kinds: ['update', 'bank', 'register'],
    fixed: { homes: 3, outages: 3, crashes: 2, pause: 500, inlineLimit: 1000 },
  },
  {
    name: 'ambient',
    about: 'transactions that are not mentioned',
    kinds: ['ambient', 'update', 'look'],
    fixed: { ambient: true },
  },
  {
    name: 'composed',
    about: 'a log composed of a counter and write-once slots',
    kinds: ['update', 'look', 'throw', 'bank', 'named'],
    fixed: { composed: true, vandals: 0, rollbacks: 0 },
  },
  { name: 'vandals', about: 'foreign bytes in the log', kinds: ['update', 'look'], fixed: { vandals: 6 } },
  { name: 'ids', about: 'ids that callers choose, and questions about them', kinds: ['named', 'ask'] },
  { name: 'scans', about: 'scans of a family whose keys come and go', kinds: ['scan'] },
  {
    name: 'values',
    about: 'values in several stores, most of them too large for the log',
    kinds: ['update', 'look', 'register', 'peek'],
    fixed: { inlineLimit: 6, homes: 3, outages: 2, crashes: 1 },
  },
  { name: 'commutes', about: 'counts that are commuted', kinds: ['commute', 'update'] },
  {
    name: 'operations',
    about: 'commutative operations, in bounds and without, beside writes and reads of the same refs',
    kinds: ['operate', 'stock', 'gauge', 'lookAtOperated', 'update'],
  },
  {
    name: 'operations-lost',
    about: 'operations, and stores that lose acknowledged entries',
    kinds: ['operate', 'stock', 'gauge', 'update'],
    fixed: { rollbacks: 1, latecomers: 2, outages: 0 },
  },
  {
    name: 'agents',
    about: 'sends from transactions to an agent that several clients run',
    kinds: ['send', 'runAgent', 'update'],
  },
  { name: 'locals', about: 'local refs in the same transactions', kinds: ['local', 'localSkew', 'update'] },
  {
    name: 'rollback',
    about: 'stores that lose acknowledged entries',
    kinds: ['update', 'look', 'throw', 'register', 'commute'],
    fixed: { rollbacks: 1, latecomers: 2, outages: 0 },
  },
]

export function profileOf(name: string): Profile {
  const profile = PROFILES.find((candidate) => candidate.name === name)
  if (profile === undefined) {
    throw new Error(`there is no profile "${name}": there are ${PROFILES.map((each) => each.name).join(', ')}`)
  }
  return profile
}
