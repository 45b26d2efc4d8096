import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { audit, auditSeen } from '../src/audit.js'
import { runDay } from '../src/day.js'
import { defaultInput } from '../src/options.js'
import { readOrders } from '../src/orders-file.js'
import { readOwnViews } from '../src/own-view/read-shop.js'
import type { Assignment, ServerName } from '../src/stores/assignment.js'
import { openStores } from '../src/stores/located.js'
import { Tally } from '../src/tally.js'
import { OwnServers, serverNames } from './own-servers.js'

let servers: OwnServers

beforeAll(async () => {
  servers = await OwnServers.start()
}, 120_000)
afterAll(() => servers[Symbol.asyncDispose]())

/** The log in one store, the rest in the three others. */
function assignmentWith(log: ServerName): Assignment {
  const [stock, orders, payments] = serverNames.filter((name) => name !== log) as [ServerName, ServerName, ServerName]
  return { log, stock, orders, payments }
}

test.each(serverNames)(
  'with the log in %s, each server in turn is killed under load and started again: nothing is lost',
  async (log) => {
    const assignment = assignmentWith(log)
    const located = { assignment, urls: servers.urls, realm: `shop-${randomUUID().slice(0, 8)}` }
    const tally = new Tally()
    const enough = new AbortController()
    const day = runDay({
      stores: await openStores(located),
      located,
      orders: await readOrders(defaultInput),
      clients: 8,
      processes: 1,
      tally,
      interrupted: enough.signal,
      say: () => undefined,
      ownViews: (keys, through) => readOwnViews(located, keys, through),
    })
    const restarts = restartEach(tally).finally(() => enough.abort())
    const [{ evidence }] = await Promise.all([day, restarts])
    const checks = [...audit(evidence), ...auditSeen(evidence)]
    expect(checks.filter(({ faults }) => faults.length > 0)).toEqual([])
    expect(checks).toHaveLength(19)
    expect(evidence.taken.length).toBeGreaterThan(serverNames.length * ordersBetween)
  },
  300_000,
)

/** How many orders are shipped between two restarts: so many show that all goes on. */
const ordersBetween = 10

async function restartEach(tally: Tally): Promise<void> {
  const shipped = async (orders: number) => {
    await vi.waitFor(() => expect(tally.shipped).toBeGreaterThanOrEqual(orders), { timeout: 90_000, interval: 20 })
  }
  await shipped(ordersBetween)
  for (const name of serverNames) {
    await servers.of(name).kill()
    await servers.of(name).start()
    await shipped(tally.shipped + ordersBetween)
  }
}
