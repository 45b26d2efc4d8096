import { randomUUID } from 'node:crypto'
import { describeBackend } from '@avout/conformance/vitest'
import { type Coordinator, composeLog } from '@avout/core'
import type { Backend, Primitives, Session } from '@avout/core/backend'
import { afterAll, describe, expect, test } from 'vitest'
import { audit } from '../src/audit.js'
import { runDay } from '../src/day.js'
import { defaultInput } from '../src/options.js'
import { readOrders } from '../src/orders-file.js'
import { onFour, type ServerName } from '../src/stores/assignment.js'
import { backendOf } from '../src/stores/located.js'
import { placeOf } from '../src/stores/servers.js'
import { Tally } from '../src/tally.js'

// Suites look at what a backend offers while they are collected: the servers have to be there by then.
const place = await placeOf(onFour)
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

describeBackend('parts of four stores: log PostgreSQL, counter Redis, lock ZooKeeper, values MongoDB', async () => {
  const { redis, postgres, mongo, zookeeper } = await backends()
  return {
    open: () => mixed({ log: postgres, counter: redis, lock: zookeeper, versions: mongo, state: redis }),
    close: async () => undefined,
  }
})

describeBackend('composeLog: counter Redis, slots PostgreSQL', async () => {
  const { redis, postgres } = await backends()
  return { open: () => composeLog({ counter: redis, slots: postgres }), close: async () => undefined }
})

/** One backend out of the primitives of several, to be examined as a whole. */
function mixed(parts: { readonly [P in keyof Primitives]: Backend<P> }): Whole {
  return {
    specificationVersion: 1,
    id: 'mixed',
    open: async (context) => {
      const opened: Session<never>[] = []
      const open = async <P extends keyof Primitives>(backend: Backend<P>): Promise<Session<P>> => {
        const session = await backend.open(context)
        opened.push(session)
        return session
      }
      const [{ log }, { counter }, { lock }, { versions }, { state }] = await Promise.all([
        open(parts.log),
        open(parts.counter),
        open(parts.lock),
        open(parts.versions),
        open(parts.state),
      ])
      return {
        log: alone(log),
        counter,
        lock,
        versions,
        state,
        ping: async () => {
          await Promise.all(opened.map((session) => session.ping()))
        },
        close: async () => {
          await Promise.all(opened.map((session) => session.close()))
        },
      }
    },
  }
}

/** Without what would write values along with an append: they live elsewhere here. */
function alone(log: Primitives['log']): Primitives['log'] {
  return {
    ...(log.maxBytes !== undefined && { maxBytes: log.maxBytes }),
    append: (record, after) => log.append(record, after),
    read: (after, limit) => log.read(after, limit),
    tail: () => log.tail(),
    floor: () => log.floor(),
    subscribe: (wake) => log.subscribe(wake),
    trim: (below) => log.trim(below),
  }
}
