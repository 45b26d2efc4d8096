import { Redis } from 'ioredis'
import { Pool } from '../clients/pool.js'
import { removeKeys } from '../stores/redis.js'
import { runLoops } from '../systems/loops.js'
import { onServer, type System } from '../systems/system.js'
import { opening, type Transfers } from '../workload.js'

/**
 * WATCH and the reads in one pipeline, then MULTI, the writes and EXEC in one: two round trips an attempt. What is watched belongs
 * to a connection, so each attempt has one to itself.
 */
export const watchMulti = (url: string, connections: number): System =>
  onServer(
    'watch-multi',
    {
      create: async (place, workload) => {
        const redis = new Redis(url)
        try {
          await redis.mset(new Map(opening(workload).map((balance, n) => [key(place, n), balance])))
        } finally {
          redis.disconnect()
        }
      },
      join: async (place, { accounts }) => {
        const all = Array.from({ length: connections }, () => new Redis(url))
        const pool = new Pool(all)
        const keys = Array.from({ length: accounts }, (_, n) => key(place, n))
        return {
          run: (load) => runLoops(load, () => (transfers) => transfer(pool, keys, transfers)),
          balances: async () => (await pool.use((redis) => redis.mget(keys))).map(Number),
          [Symbol.asyncDispose]: async () => {
            for (const redis of all) redis.disconnect()
          },
        }
      },
      remove: (place) => removeKeys(url, `${place}:`),
    },
    { connections },
  )

const key = (place: string, n: number) => `${place}:${n}`

async function transfer(pool: Pool<Redis>, keys: readonly string[], transfers: Transfers): Promise<void> {
  const from = keys[transfers.from] as string
  const to = keys[transfers.to] as string
  const { amount } = transfers
  while (!(await pool.use((redis) => attempt(redis, from, to, amount)))) {}
}

/** False if somebody else wrote one of the two in between. */
async function attempt(redis: Redis, from: string, to: string, amount: number): Promise<boolean> {
  const [, read] = (await redis.pipeline().watch(from, to).mget(from, to).exec()) ?? []
  const [error, balances] = read ?? [new Error('no answer to MGET')]
  if (error) throw error
  const [source, target] = (balances as string[]).map(Number) as [number, number]
  const done = await redis
    .multi()
    .mset(from, source - amount, to, target + amount)
    .exec()
  if (done === null) return false
  for (const [failure] of done) if (failure) throw failure
  return true
}
