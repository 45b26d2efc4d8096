import { describeBackend } from '@avout/conformance/vitest'
import { type OwnServer, shared, start } from '@avout/servers'
import { Redis } from 'ioredis'
import { redis } from '../src/index.js'

/** What a person would look at: the current value of a ref, with the store's own client. */
async function current(url: string, realm: string, ref: string) {
  const client = new Redis(url)
  try {
    const text = await client.get(`avout:{${realm}}:now:${ref}`)
    return text === null ? undefined : JSON.parse(text)
  } finally {
    client.disconnect()
  }
}

for (const kind of ['redis', 'redis-everysec'] as const) {
  describeBackend(kind, async () => {
    const server: OwnServer = await start(kind)
    return {
      open: () => redis(server.url),
      restart: () => server.restart(),
      current: (realm, ref) => current(server.url, realm, ref),
      close: () => server.close(),
    }
  })
}

describeBackend('redis-cluster', async () => {
  const server = await shared('redis-cluster')
  return { open: () => redis(server.url), close: () => server.close() }
})
