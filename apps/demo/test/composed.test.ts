import { randomUUID } from 'node:crypto'
import { type Coordinator, composeLog } from '@avout/core'
import type { Backend, Primitives } from '@avout/core/backend'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { audit } from '../src/audit.js'
import { runDay } from '../src/day.js'
import { defaultInput } from '../src/options.js'
import { readOrders } from '../src/orders-file.js'
import { onFour, type ServerName } from '../src/stores/assignment.js'
import { backendOf } from '../src/stores/located.js'
import { type Place, placeOf } from '../src/stores/servers.js'
import { Tally } from '../src/tally.js'

let place: Place
beforeAll(async () => {
  place = await placeOf(onFour)
}, 120_000)
afterAll(() => place[Symbol.asyncDispose]())

type Whole = Backend<keyof Primitives>

async function backends(): Promise<Readonly<Record<ServerName, Whole>>> {
  const of = (name: ServerName) => backendOf(name, place.located.urls)
  const [redis, postgres, mongo, zookeeper] = await Promise.all([
    of('redis'),
    of('postgres'),
    of('mongo'),
    of('zookeeper'),
  ])
  return { redis, postgres, mongo, zookeeper }
}

describe('an order desk, coordinated by parts of several stores', () => {
  const coordinators: [name: string, (of: Readonly<Record<ServerName, Whole>>) => Coordinator][] = [
    [
      'log in PostgreSQL, locks in ZooKeeper, values in MongoDB',
      ({ postgres, zookeeper, mongo }) => ({ log: postgres, lock: zookeeper, values: mongo }),
    ],
    [
      'log of a counter in Redis and slots in PostgreSQL, locks in ZooKeeper, values in MongoDB',
      ({ redis, postgres, zookeeper, mongo }) => ({
        log: composeLog({ counter: redis, slots: postgres }),
        lock: zookeeper,
        values: mongo,
      }),
    ],
    [
      'log of a counter in ZooKeeper and slots in MongoDB, locks in Redis, values in PostgreSQL',
      ({ redis, postgres, zookeeper, mongo }) => ({
        log: composeLog({ counter: zookeeper, slots: mongo }),
        lock: redis,
        values: postgres,
      }),
    ],
  ]

  test.each(coordinators)(
    '%s',
    async (_name, coordinatorOf) => {
      const of = await backends()
      const { evidence } = await runDay({
        stores: {
          coordinator: coordinatorOf(of),
          backends: Object.values(of),
          realm: `composed-${randomUUID().slice(0, 8)}`,
          stock: 'redis',
          orders: 'postgres',
          payments: 'mongo',
        },
        orders: (await readOrders(defaultInput)).slice(0, 80),
        clients: 4,
        processes: 1,
        tally: new Tally(),
        interrupted: new AbortController().signal,
        say: () => undefined,
      })
      expect(audit(evidence).filter(({ faults }) => faults.length > 0)).toEqual([])
    },
    120_000,
  )
})
