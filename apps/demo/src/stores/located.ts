import type { Backend, Primitives } from '@avout/core/backend'
import { memory } from '@avout/memory'
import type { Stores } from '../shop.js'
import { type Assignment, type ServerName, type StoreName, storesOf } from './assignment.js'

/** A shop's stores, as plain data: what another process needs to open the same ones. */
export interface Located {
  readonly assignment: Assignment
  readonly urls: Readonly<Partial<Record<ServerName, string>>>
  readonly realm: string
}

/** The backends of a located shop. Only the drivers that are needed are loaded; nothing is connected yet. */
export async function openStores({ assignment, urls, realm }: Located): Promise<Stores> {
  const backends = new Map<StoreName, Backend<keyof Primitives>>()
  for (const name of storesOf(assignment)) backends.set(name, await backendOf(name, urls))
  const { log, stock, orders, payments } = assignment
  return {
    coordinator: backends.get(log) as Backend<keyof Primitives>,
    backends: [...backends.values()],
    realm,
    stock,
    orders,
    payments,
  }
}

/** The backend of a store, by its own package. */
export async function backendOf(name: StoreName, urls: Located['urls']): Promise<Backend<keyof Primitives>> {
  switch (name) {
    case 'memory':
      return memory()
    case 'redis':
      return (await import('@avout/redis')).redis(urlOf(name, urls))
    case 'postgres':
      return (await import('@avout/postgres')).postgres({ connectionString: urlOf(name, urls) })
    case 'mongo':
      return (await import('@avout/mongo')).mongo(urlOf(name, urls))
    case 'zookeeper':
      return (await import('@avout/zookeeper')).zookeeper({
        connection: urlOf(name, urls),
        // The driver that needs no compiler: the demo runs wherever Node does.
        driver: 'node-zookeeper-client',
      })
  }
}

function urlOf(name: ServerName, urls: Located['urls']): string {
  const url = urls[name]
  if (url === undefined) throw new TypeError(`no URL for ${name}`)
  return url
}
