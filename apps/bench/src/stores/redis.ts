import { redis } from '@avout/redis'
import { Redis } from 'ioredis'
import type { Store } from './store.js'

export const redisStore = (url: string): Store => ({
  coordinator: (realm) => redis({ url, prefix: `${realm}:` }),
  remove: (realm) => removeKeys(url, `${realm}:`),
})

/** Removes every key that begins with `prefix`, which has nothing in it that a pattern understands. */
export async function removeKeys(url: string, prefix: string): Promise<void> {
  const redis = new Redis(url)
  try {
    for await (const keys of redis.scanStream({ match: `${prefix}*`, count: 1_000 })) {
      if (keys.length > 0) await redis.unlink(keys)
    }
  } finally {
    redis.disconnect()
  }
}
