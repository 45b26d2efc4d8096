import type { Scenario, Suite } from '../scenario.js'
import { acquire, queued, SHORT } from './acquire.js'

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

export const holding: Suite = [exclusive, readers, fencing]
