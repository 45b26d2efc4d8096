import type { Lease, Lock } from '@avout/core/backend'
import type { Bench } from '../bench.js'
import type { Scenario, Suite } from '../scenario.js'

export const LEASE = 10_000

/** As short as a store on a busy machine can renew in time. */
export const SHORT = 1500

export const acquire = (lock: Lock, owner: string, mode: 'read' | 'write' = 'write', lease = LEASE): Promise<Lease> =>
  lock.acquire(mode, { lease, owner })

/** Waits until `owner` stands in the queue and does not hold. */
export async function queued(bench: Bench, lock: Lock, owner: string): Promise<void> {
  const waits = async () => (await lock.queue()).some((waiter) => waiter.owner === owner && !waiter.holds)
  await bench.eventually(waits, `${owner} in the queue`)
}

const exclusive: Scenario = {
  name: 'lock/exclusive',
  law: 'Lock 1',
  run: async (bench) => {
    const locks = await bench.several(4, () => bench.lock())
    let inside = 0
    await Promise.all(
      locks.map(async (lock, i) => {
        for (let round = 0; round < 4; round++) {
          const lease = await acquire(lock, `owner ${i}`)
          bench.equal(++inside, 1, 'how many hold a write lease')
          await bench.clock.sleep(bench.random.between(0, 3))
          bench.equal(inside, 1, 'how many still hold it')
          bench.equal(lease.lost.aborted, false, 'whether it was lost')
          inside--
          await lease.release()
        }
      }),
    )
  },
}

const readers: Scenario = {
  name: 'lock/readers-share',
  law: 'Lock 1',
  run: async (bench) => {
    const locks = await bench.several(3, () => bench.lock())
    const [writer, ...others] = locks
    const shared = await Promise.all(others.map((lock, i) => acquire(lock, `reader ${i}`, 'read')))
    let reading = shared.length
    const written = bench.begin(
      acquire(writer, 'writer').then(async (lease) => {
        bench.equal(reading, 0, 'how many read while one writes')
        await lease.release()
      }),
    )
    await queued(bench, writer, 'writer')
    for (const lease of shared) {
      await bench.clock.sleep(20)
      reading--
      await lease.release()
    }
    await written
    const write = await acquire(writer, 'writer')
    let writing = true
    const read = bench.begin(
      acquire(others[0], 'reader 0', 'read').then(async (lease) => {
        bench.equal(writing, false, 'whether one writes while one reads')
        await lease.release()
      }),
    )
    await queued(bench, writer, 'reader 0')
    writing = false
    await write.release()
    await read
  },
}

const fencing: Scenario = {
  name: 'lock/fencing',
  law: 'Lock 2',
  run: async (bench) => {
    const locks = await bench.several(3, () => bench.lock())
    let last = Number.NEGATIVE_INFINITY
    for (let round = 0; round < 12; round++) {
      const mode = bench.random.pick(['read', 'write'] as const)
      const lease = await acquire(bench.random.pick(locks), `owner ${round}`, mode)
      bench.ok(lease.token > last, `token ${lease.token} after ${last}`)
      last = lease.token
      await lease.release()
    }
    const ended = await bench.client()
    const kept = await acquire(bench.offered(ended.lock)('lock'), 'ended', 'write', SHORT)
    await bench.end(ended)
    const next = await acquire(locks[0], 'next')
    bench.ok(next.token > kept.token && kept.token > last, `tokens ${last}, ${kept.token}, ${next.token}`)
    await next.release()
  },
}

const reentrant: Scenario = {
  name: 'lock/reentrant',
  law: 'Lock 3',
  run: async (bench) => {
    const [lock, other] = await bench.several(2, () => bench.lock())
    const first = await acquire(lock, 'owner')
    let granted = false
    const waiting = bench.begin(
      acquire(other, 'other').then((lease) => {
        granted = true
        return lease
      }),
    )
    await queued(bench, lock, 'other')
    const again = [await acquire(lock, 'owner'), await acquire(lock, 'owner', 'read')]
    for (const lease of again)
      bench.ok(lease.token >= first.token, `token ${lease.token} within a hold of ${first.token}`)
    for (const lease of [again[0], first]) {
      await (lease as Lease).release()
      await bench.clock.sleep(50)
      bench.equal(granted, false, 'whether another was granted before the last release')
    }
    await (again[1] as Lease).release()
    await (await waiting).release()
  },
}

const names: Scenario = {
  name: 'lock/names',
  law: 'Lock 1',
  run: async (bench) => {
    const siblings = ['a', 'aa', 'a/', 'a/b', '/a', 'A', ' a', '__proto__', 'constructor', '\u00e9', 'x'.repeat(512)]
    const lock = bench.offered((await bench.client()).lock)
    // Each is granted, though all the others are held.
    const leases = await Promise.all(siblings.map((name, i) => acquire(lock(name), `owner ${i}`)))
    const apart = bench.offered((await bench.client(`${bench.realm}a`)).lock)
    await (await acquire(apart('a'), 'owner')).release()
    for (const lease of leases) await lease.release()
  },
}

export const holding: Suite = [exclusive, readers, fencing, reentrant, names]
