import { Redis } from 'ioredis'
import { removeKeys } from '../../stores/redis.js'
import type { CellAt } from '../compare-and-set.js'

const SET = `
if redis.call('HGET', KEYS[1], 'version') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'text', ARGV[2], 'version', ARGV[1] + 1)
return 1`

type Scripted = Redis & { setCell(key: string, version: number, text: string): Promise<number> }

/** A hash; a script compares. */
export const redisCell = (url: string): CellAt => ({
  create: async (place, text) => {
    const redis = new Redis(url)
    try {
      await redis.hset(`${place}:cell`, { text, version: 0 })
    } finally {
      redis.disconnect()
    }
  },
  open: async (place) => {
    const redis = new Redis(url) as Scripted
    redis.defineCommand('setCell', { numberOfKeys: 1, lua: SET })
    const key = `${place}:cell`
    return {
      read: async () => {
        const [text, version] = await redis.hmget(key, 'text', 'version')
        return { text: text as string, version: Number(version) }
      },
      set: async (text, version) => (await redis.setCell(key, version, text)) === 1,
      [Symbol.asyncDispose]: async () => redis.disconnect(),
    }
  },
  remove: (place) => removeKeys(url, `${place}:`),
})
