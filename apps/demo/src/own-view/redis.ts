import { Redis } from 'ioredis'
import { type OwnView, patience } from './own-view.js'

/** Keys `avout:{realm}:now:<ref>` and `avout:{realm}:state:<atom>`, each the JSON of a value. */
export async function openRedis(url: string): Promise<OwnView> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: patience,
    commandTimeout: patience,
    maxRetriesPerRequest: 0,
    retryStrategy: null,
  })
  // Told by the calls: without a listener it would be printed, too.
  let lost: Error | undefined
  redis.on('error', (error) => {
    lost = error
  })
  try {
    await redis.connect()
  } catch (error) {
    redis.disconnect()
    throw lost ?? error
  }
  return {
    ping: async () => {
      await redis.ping()
    },
    values: async (realm, prefix) => {
      const values = new Map<string, unknown>()
      const before = `avout:{${realm}}:now:`
      for await (const keys of redis.scanStream({ match: `${before}${prefix}*`, count: 1_000 })) {
        const names = keys as string[]
        if (names.length === 0) continue
        const texts = await redis.mget(names)
        for (const [i, key] of names.entries()) {
          const text = texts[i]
          if (typeof text === 'string') values.set(key.slice(before.length), JSON.parse(text))
        }
      }
      return values
    },
    atom: async (realm, name) => {
      const text = await redis.get(`avout:{${realm}}:state:${name}`)
      return text === null ? undefined : JSON.parse(text)
    },
    [Symbol.asyncDispose]: async () => redis.disconnect(),
  }
}
