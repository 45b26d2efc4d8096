import type { Scenario, Suite } from '../scenario.js'
import { acquire, queued, SHORT } from './acquire.js'

const renewed: Scenario = {
  name: 'lock/renewed',
  law: 'Lock 4',
  run: async (bench) => {
    const [lock, other] = await bench.several(2, () => bench.lock())
    const lease = await acquire(lock, 'holder', 'write', SHORT)
    let granted = false
    const waiting = bench.begin(
      acquire(other, 'waiter').then((next) => {
        granted = true
        return next
      }),
    )
    await queued(bench, lock, 'waiter')
    await bench.clock.sleep(2 * SHORT)
    bench.equal([granted, lease.lost.aborted], [false, false], 'whether another was granted, or it was lost')
    await lease.release()
    await (await waiting).release()
  },
}

const ended: Scenario = {
  name: 'lock/session-ends',
  law: 'Lock 4',
  run: async (bench) => {
    const client = await bench.client()
    const lock = bench.offered(client.lock)('lock')
    const other = await bench.lock()
    const lease = await acquire(lock, 'holder', 'write', SHORT)
    let lost: boolean | undefined
    const waiting = bench.begin(
      acquire(other, 'waiter').then((next) => {
        lost = lease.lost.aborted
        return next
      }),
    )
    await queued(bench, other, 'waiter')
    await bench.end(client)
    await bench.eventually(() => lost !== undefined, 'a grant after the holder has gone', 5 * SHORT)
    bench.equal(lost, true, 'whether the lease of who has gone was told to be lost')
    await bench.rejects(() => lease.release(), 'the release of a lost lease')
    await (await waiting).release()
  },
}

const waiterEnded: Scenario = {
  name: 'lock/waiting-session-ends',
  law: 'Lock 6',
  run: async (bench) => {
    const client = await bench.client()
    const [lock, other] = await bench.several(2, () => bench.lock())
    const held = await acquire(lock, 'holder', 'write', SHORT)
    const given = bench.begin(
      bench.rejects(() => acquire(bench.offered(client.lock)('lock'), 'gone', 'write', SHORT), 'who has gone'),
    )
    await queued(bench, lock, 'gone')
    const waiting = bench.begin(acquire(other, 'waiter', 'write', SHORT))
    await queued(bench, lock, 'waiter')
    await bench.end(client)
    await given
    await held.release()
    let granted = false
    const next = bench.begin(
      waiting.then((lease) => {
        granted = true
        return lease
      }),
    )
    await bench.eventually(() => granted, 'a grant to who waited behind one that has gone', 5 * SHORT)
    await (await next).release()
  },
}

export const leasing: Suite = [renewed, ended, waiterEnded]
