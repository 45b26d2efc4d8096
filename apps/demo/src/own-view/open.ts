import type { ServerName } from '../stores/assignment.js'
import type { OwnView } from './own-view.js'

/** Connects a store's own client. Rejects with that client's error where nobody answers. */
export async function openOwnView(name: ServerName, url: string): Promise<OwnView> {
  switch (name) {
    case 'redis':
      return (await import('./redis.js')).openRedis(url)
    case 'postgres':
      return (await import('./postgres.js')).openPostgres(url)
    case 'mongo':
      return (await import('./mongo.js')).openMongo(url)
    case 'zookeeper':
      return (await import('./zookeeper.js')).openZookeeper(url)
  }
}
