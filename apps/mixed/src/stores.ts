import type { Backend, Primitives } from '@avout/core/backend'
import { files } from '@avout/example-minimal-backend'
import { mongo } from '@avout/mongo'
import { postgres } from '@avout/postgres'
import { redis } from '@avout/redis'
import { zookeeper } from '@avout/zookeeper'

/** The stores that are servers; each is called by the id that it has in the log. */
export const serverNames = ['redis', 'postgres', 'mongo', 'zookeeper'] as const
export type ServerName = (typeof serverNames)[number]

/** Where they are, as plain data: what another process needs to open the same ones. */
export type Urls = Readonly<Record<ServerName, string>>

type Whole = Backend<keyof Primitives>
export type Servers = Readonly<Record<ServerName, Whole>>
export interface Stores extends Servers {
  readonly files: Backend<'counter' | 'versions'>
}

/** Hundreds of calls at once, on machines that do other things besides: only what hangs should fail by time. */
const timeout = 20_000

/** Backends of their own, as one more client would make them. Nothing is connected yet. */
export function openServers(urls: Urls): Servers {
  return {
    redis: redis({ url: urls.redis, timeout }),
    // Some scenarios have many clients, on a server that takes a hundred connections.
    postgres: postgres({ connectionString: urls.postgres, max: 4, idleTimeoutMillis: 100, timeout }),
    mongo: mongo({ url: urls.mongo, timeout }),
    // The driver that needs no compiler, and has no values follow behind.
    zookeeper: zookeeper({ connection: urls.zookeeper, driver: 'node-zookeeper-client', timeout }),
  }
}

/** The same, and a folder of files beside them. */
export function openStores(urls: Urls, folder: string): Stores {
  return { ...openServers(urls), files: files(folder) }
}
