import { Redis } from 'ioredis'
import Redlock from 'redlock'
import { removeKeys } from '../stores/redis.js'
import { guarded } from '../systems/guarded.js'
import { onServer, type System } from '../systems/system.js'

/** ms; of the delays that were tried (1 to 200) the one with which the most locks were granted. */
const RETRY = 5

const LEASE = 10_000

/** The `redlock` package on one server, which is what most run it on: SET NX, tried again until it is granted. */
export const redlock = (url: string, connections: number): System =>
  onServer(
    'redlock',
    {
      create: async () => {},
      join: async (place, workload) => {
        const all = Array.from({ length: connections }, () => new Redis(url))
        const locks = all.map(
          (redis) => new Redlock([redis], { retryCount: -1, retryDelay: RETRY, retryJitter: RETRY }),
        )
        return {
          ...guarded(workload, async (n, transfer) => {
            const lock = await (locks[n % connections] as Redlock).lock(`${place}:desk`, LEASE)
            try {
              await transfer()
            } finally {
              await lock.unlock()
            }
          }),
          [Symbol.asyncDispose]: async () => {
            for (const redis of all) redis.disconnect()
          },
        }
      },
      remove: (place) => removeKeys(url, `${place}:`),
    },
    { connections, retryMs: RETRY },
  )
