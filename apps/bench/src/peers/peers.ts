import { bareWrite } from '../bare-writes/bare-write.js'
import { type BackendName, backendOf } from '../stores/backends.js'
import type { DriverName } from '../stores/store.js'
import { alterCounter } from '../systems/avout-counter.js'
import type { System } from '../systems/system.js'
import type { WorkloadName } from '../workload.js'
import type { CellAt } from './compare-and-set.js'

/** Where a peer works. */
export interface Site {
  readonly backend: BackendName
  readonly url: string
  readonly driver: DriverName
  /** Of each process. */
  readonly connections: number
}

/** What Avout can be measured against. */
export interface Peer {
  /** The backends on whose server it runs. Absent: on none, it is in this process, whatever Avout is on. */
  readonly on?: readonly BackendName[]
  readonly workloads: readonly WorkloadName[]
  /** In all processes together: of the numbers tried, the one with which it did best at T. Absent where it always is one. */
  readonly connections?: number
  /** Loads its driver, connects nothing. */
  open(site: Site): Promise<System>
}

const all = ['T', 'H', 'L'] as const

/** One more is one more line here. */
export const peers = {
  effect: { workloads: all, open: async () => (await import('./effect.js')).effect },
  'effect-update': { workloads: all, open: async () => (await import('./effect.js')).effectUpdate },
  'select-for-update': {
    on: ['postgres'],
    workloads: all,
    connections: 16,
    open: async ({ url, connections }) => (await import('./select-for-update.js')).selectForUpdate(url, connections),
  },
  'watch-multi': {
    on: ['redis'],
    workloads: all,
    connections: 16,
    open: async ({ url, connections }) => (await import('./watch-multi.js')).watchMulti(url, connections),
  },
  'with-transaction': {
    on: ['mongo'],
    workloads: all,
    connections: 32,
    open: async ({ url, connections }) => (await import('./with-transaction.js')).withTransaction(url, connections),
  },
  'versioned-multi': {
    on: ['zookeeper'],
    workloads: all,
    connections: 16,
    open: async ({ url, connections }) => (await import('./versioned-multi.js')).versionedMulti(url, connections),
  },
  'bare-multi': {
    on: ['zookeeper'],
    workloads: ['T', 'H'],
    open: async ({ url }) => (await import('./bare-multi.js')).bareMulti(url),
  },
  'compare-and-set': {
    on: ['redis', 'postgres', 'mongo', 'zookeeper'],
    workloads: ['A', 'AH'],
    open: async (site) => (await import('./compare-and-set.js')).compareAndSet(await cellOn(site)),
  },
  redlock: {
    on: ['redis'],
    workloads: ['K'],
    connections: 1,
    open: async ({ url, connections }) => (await import('./redlock.js')).redlock(url, connections),
  },
  alter: { on: ['memory', 'redis', 'postgres', 'mongo', 'zookeeper'], workloads: ['C'], open: alterOn },
  'bare-write': { on: ['redis', 'postgres', 'mongo', 'zookeeper'], workloads: ['L', 'KL'], open: bareWriteOn },
} as const satisfies Record<string, Peer>

export type PeerName = keyof typeof peers

export const peerOf = (name: PeerName): Peer => peers[name]

/** What is worth comparing with: with one at a time a bare write, else those who do the same work. */
export function peersOf(backend: BackendName, workload: WorkloadName): readonly PeerName[] {
  const names = Object.keys(peers) as PeerName[]
  const able = names.filter((name) => peerOf(name).workloads.includes(workload))
  if (backend === 'memory') return able.filter((name) => peerOf(name).on?.includes(backend) ?? true)
  if (workload === 'L' || workload === 'KL') return ['bare-write']
  return able.filter((name) => peerOf(name).on?.includes(backend))
}

async function alterOn({ backend, url, driver }: Site): Promise<System> {
  return alterCounter(await backendOf(backend).open(url, driver))
}

async function cellOn({ backend, url }: Site): Promise<CellAt> {
  switch (backend) {
    case 'redis':
      return (await import('./cells/redis.js')).redisCell(url)
    case 'postgres':
      return (await import('./cells/postgres.js')).postgresCell(url)
    case 'mongo':
      return (await import('./cells/mongo.js')).mongoCell(url)
    case 'zookeeper':
      return (await import('./cells/zookeeper.js')).zookeeperCell(url)
    case 'memory':
      throw new TypeError('memory has no server to write by hand to')
  }
}

async function bareWriteOn({ backend, url, driver }: Site): Promise<System> {
  switch (backend) {
    case 'redis':
      return bareWrite((await import('../bare-writes/redis.js')).redisWrites(url))
    case 'postgres':
      return bareWrite((await import('../bare-writes/postgres.js')).postgresWrites(url))
    case 'mongo':
      return bareWrite((await import('../bare-writes/mongo.js')).mongoWrites(url))
    case 'zookeeper':
      return bareWrite((await import('../bare-writes/zookeeper.js')).zookeeperWrites(url, driver), { driver })
    case 'memory':
      throw new TypeError('memory has no durable write')
  }
}
