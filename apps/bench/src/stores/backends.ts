import type { Kind } from '@avout/servers'
import type { DriverName, Store } from './store.js'

export interface BackendInfo {
  /** The servers that it can be measured on, the usual one first; none if it needs none. */
  readonly kinds: readonly Kind[]
  /** Loads its driver, connects nothing. */
  open(url: string, driver: DriverName): Promise<Store>
}

/** What Avout can be measured on. One more is one more line here. */
export const backends = {
  memory: { kinds: [], open: async () => (await import('./memory.js')).memoryStore() },
  redis: {
    kinds: ['redis', 'redis-everysec'],
    open: async (url) => (await import('./redis.js')).redisStore(url),
  },
  postgres: { kinds: ['postgres'], open: async (url) => (await import('./postgres.js')).postgresStore(url) },
  mongo: {
    kinds: ['mongo-replica-set', 'mongo-three'],
    open: async (url) => (await import('./mongo.js')).mongoStore(url),
  },
  zookeeper: {
    kinds: ['zookeeper', 'zookeeper-three'],
    open: async (url, driver) => (await import('./zookeeper.js')).zookeeperStore(url, driver),
  },
} as const satisfies Record<string, BackendInfo>

export type BackendName = keyof typeof backends

export const backendOf = (name: BackendName): BackendInfo => backends[name]
