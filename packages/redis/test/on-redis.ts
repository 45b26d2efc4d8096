import { type Server, shared } from '@avout/servers'
import { Redis } from 'ioredis'
import { afterAll, beforeAll } from 'vitest'
import { Keys } from '../src/keys.js'
import { type Opened, open } from './open.js'

/** A session on the run's server, and a connection that sees what it does there: filled before the first test of a file. */
export function onRedis(): Opened & { readonly server: Server; readonly raw: Redis; readonly keys: Keys } {
  const there = {} as Opened & { server: Server; raw: Redis; keys: Keys }
  beforeAll(async () => {
    const server = await shared('redis')
    const opened = await open(server.url)
    Object.assign(there, opened, { server, raw: new Redis(server.url), keys: new Keys('avout:', opened.realm) })
  })
  afterAll(async () => {
    await there.session.close()
    there.raw.disconnect()
    await there.server.close()
  })
  return there
}
