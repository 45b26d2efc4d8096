import { Redis } from 'ioredis'
import { removeKeys } from '../stores/redis.js'
import type { WritesAt } from './bare-write.js'

/** A SET. As durable as the server's `appendfsync` makes it. */
export const redisWrites = (url: string): WritesAt => ({
  create: async () => {},
  open: async (place) => {
    const redis = new Redis(url)
    return {
      write: (n, text) => redis.set(`${place}:${n}`, text),
      all: async () => {
        const texts: string[] = []
        for await (const keys of redis.scanStream({ match: `${place}:*`, count: 1_000 }) as AsyncIterable<string[]>) {
          if (keys.length > 0) texts.push(...((await redis.mget(keys)) as string[]))
        }
        return texts
      },
      [Symbol.asyncDispose]: async () => redis.disconnect(),
    }
  },
  remove: (place) => removeKeys(url, `${place}:`),
})
