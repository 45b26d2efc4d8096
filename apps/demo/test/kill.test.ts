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
  const orders = (await readOrders(defaultInput)).slice(0, 240)
  await using place = await placeOf(onFour)
  const stores = await openStores(place.located)
  const children: ChildProcess[] = []
  const tally = new Tally()
  const day = new AbortController()
  const killed = killAtRandom(children, tally, day.signal)
  try {
    const { evidence } = await runDay({
      stores,
      located: place.located,
      orders,
      clients: processes,
      processes,
      tally,
      interrupted: new AbortController().signal,
      say: () => undefined,
      started: (child, number) => {
        children[number] = child
      },
      ownViews: (keys, through) => readOwnViews(place.located, keys, through),
    })
    const checks = [...audit(evidence), ...auditSeen(evidence)]
    expect(checks.filter(({ faults }) => faults.length > 0)).toEqual([])
    expect(checks).toHaveLength(14)
    expect(evidence.untaken).toEqual([])
    expect(evidence.snapshots?.count).toBeGreaterThan(3)
  } finally {
    day.abort()
  }
  // Fewer would be a day that was over too soon to prove anything.
  expect(await killed).toBeGreaterThan(kills / 3)
}, 400_000)

/** Kills one process after the other, at moments of the seed's choice, once they are at work. Resolves with how many it were. */
async function killAtRandom(children: readonly ChildProcess[], tally: Tally, over: AbortSignal): Promise<number> {
  const next = random(seed)
  let count = 0
  while (count < kills && !over.aborted) {
    await sleep(100 + next(900))
    const victim = children[next(children.length)]
    if (tally.transactions > 0 && !over.aborted && victim?.kill('SIGKILL') === true) count++
  }
  return count
}
