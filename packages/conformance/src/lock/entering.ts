import type { Lease } from '@avout/core/backend'
import type { Scenario, Suite } from '../scenario.js'
import { acquire, queued } from './acquire.js'

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

export const entering: Suite = [reentrant, names]
