import type { ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { audit, auditSeen } from '../src/audit.js'
import { runDay } from '../src/day.js'
import { defaultInput } from '../src/options.js'
import { readOrders } from '../src/orders-file.js'
import { readOwnViews } from '../src/own-view/read-shop.js'
import { onFour } from '../src/stores/assignment.js'
import { openStores } from '../src/stores/located.js'
import { placeOf } from '../src/stores/servers.js'
import { Tally } from '../src/tally.js'
import { random } from './random.js'

const seed = Number(process.env.AVOUT_SEED ?? 1)
const processes = 16
const kills = 24

test(`${processes} processes on four stores, killed at any moment: each snapshot adds up, and nothing is lost (seed ${seed})`, async () => {
  // As many as there is patience for: the day ends with the last kill.
  const orders = (await readOrders(defaultInput)).slice(0, 400)
  await using place = await placeOf(onFour)
  const stores = await openStores(place.located)
  const children: ChildProcess[] = []
  const tally = new Tally()
  const over = new AbortController()
  const enough = new AbortController()
  const killed = killAtWork(children, tally, over.signal).finally(() => enough.abort())
  const day = runDay({
    stores,
    located: place.located,
    orders,
    clients: processes,
    processes,
    tally,
    interrupted: enough.signal,
    say: () => undefined,
    started: (child, number) => {
      children[number] = child
    },
    ownViews: (keys, through) => readOwnViews(place.located, keys, through),
  }).finally(() => over.abort())
  const [{ evidence }, count] = await Promise.all([day, killed])
  const checks = [...audit(evidence), ...auditSeen(evidence)]
  expect(checks.filter(({ faults }) => faults.length > 0)).toEqual([])
  expect(checks).toHaveLength(19)
  expect(evidence.snapshots?.count).toBeGreaterThan(3)
  // Fewer would be a day that was over too soon to prove anything.
  expect(count).toBe(kills)
}, 400_000)

/**
 * Kills one process after the other: each when the others have shipped something since the last one, for a process that has just
 * been started does nothing yet that could be torn; and then at a moment of the seed's choice. Resolves with how many it were.
 */
async function killAtWork(children: readonly ChildProcess[], tally: Tally, over: AbortSignal): Promise<number> {
  const next = random(seed)
  let count = 0
  while (count < kills) {
    const goal = tally.shipped + 1 + next(8)
    while (tally.shipped < goal && !over.aborted) await sleep(5)
    await sleep(next(50))
    if (over.aborted) break
    if (children[next(children.length)]?.kill('SIGKILL') === true) count++
  }
  return count
}
