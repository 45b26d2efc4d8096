import type { Lease } from '@avout/core/backend'
import type { Scenario, Suite } from '../scenario.js'
import { acquire, LEASE, queued } from './acquire.js'

/** How far a store's clock may be from this machine's, in ms. */
const SKEW = 600_000

/** How far apart two are that queue with a pause between them, at least, in ms: clocks may be coarse. */
const APART = 30

const fair: Scenario = {
  name: 'lock/fair',
  law: 'Lock 5',
  run: async (bench) => {
    const first = await bench.lock()
    const held = await acquire(first, 'first')
    const order: string[] = []
    const waiting: Promise<void>[] = []
    for (const owner of ['c', 'a', 'd', 'b']) {
      const lock = await bench.lock()
      waiting.push(
        bench.begin(
          acquire(lock, owner).then(async (lease) => {
            order.push(owner)
            await lease.release()
          }),
        ),
      )
      await queued(bench, first, owner)
    }
    await held.release()
    await Promise.all(waiting)
    bench.equal(order, ['c', 'a', 'd', 'b'], 'the order in which they were granted')
  },
}

const noStarving: Scenario = {
  name: 'lock/writer-not-starved',
  law: 'Lock 5',
  run: async (bench) => {
    const [lock, other, late] = await bench.several(3, () => bench.lock())
    const reading = await acquire(lock, 'reader', 'read')
    const order: string[] = []
    const granted = (owner: string) => async (lease: Lease) => {
      order.push(owner)
      await lease.release()
    }
    const writer = bench.begin(acquire(other, 'writer').then(granted('writer')))
    await queued(bench, lock, 'writer')
    const reader = bench.begin(acquire(late, 'late reader', 'read').then(granted('late reader')))
    await queued(bench, lock, 'late reader')
    await reading.release()
    await Promise.all([writer, reader])
    bench.equal(order, ['writer', 'late reader'], 'the order in which they were granted')
  },
}

const cancel: Scenario = {
  name: 'lock/cancel',
  law: 'Lock 6',
  run: async (bench) => {
    const [lock, other] = await bench.several(2, () => bench.lock())
    const reason = new Error('no longer wanted')
    const wait = (owner: string, signal: AbortSignal) => other.acquire('write', { lease: LEASE, owner, signal })
    bench.equal(
      await bench.rejects(() => wait('early', AbortSignal.abort(reason)), 'a cancelled acquire'),
      reason,
      'why',
    )
    const held = await acquire(lock, 'holder')
    const controller = new AbortController()
    const waiting = bench.begin(bench.rejects(() => wait('gives up', controller.signal), 'a cancelled acquire'))
    await queued(bench, lock, 'gives up')
    const behind = bench.begin(acquire(await bench.lock(), 'behind'))
    await queued(bench, lock, 'behind')
    controller.abort(reason)
    bench.equal(await waiting, reason, 'why')
    const owners = (await lock.queue()).map(({ owner }) => owner)
    bench.equal(owners.sort(), ['behind', 'holder'], 'who is in the queue')
    await held.release()
    await (await behind).release()
    // A signal that aborts later changes nothing.
    const late = new AbortController()
    const lease = await wait('granted', late.signal)
    late.abort(reason)
    bench.equal(lease.lost.aborted, false, 'whether the granted lease was lost')
    await lease.release()
  },
}

const queue: Scenario = {
  name: 'lock/queue',
  law: 'Lock 5',
  run: async (bench) => {
    const [lock, other] = await bench.several(2, () => bench.lock())
    bench.equal(await lock.queue(), [], 'the queue of a lock that nobody wants')
    const held = await acquire(lock, 'holder')
    const over = bench.clock.now() + 2 * APART
    // A simulated store that nobody asks anything may think that no time passes.
    await bench.eventually(async () => (await lock.queue()).length > 0 && bench.clock.now() > over, 'a pause')
    const waiting = bench.begin(acquire(other, 'waiter'))
    await queued(bench, lock, 'waiter')
    const queued2 = await other.queue()
    bench.equal(
      queued2.map(({ owner, holds }) => [owner, holds]),
      [
        ['holder', true],
        ['waiter', false],
      ],
      'the queue',
    )
    bench.equal(queued2[0]?.token, held.token, 'the token of the holder')
    const [first = 0, second = 0] = queued2.map(({ since }) => since)
    const away = Math.abs(first - bench.clock.now())
    bench.ok(away < SKEW, `since is ${first}, ${away} ms from now: milliseconds since 1970?`)
    bench.ok(second - first >= APART, `one queued at ${first}, and ${2 * APART} ms later another at ${second}`)
    bench.equal(
      (await lock.queue()).map(({ since }) => since),
      [first, second],
      'when they queued, asked again',
    )
    await held.release()
    await (await waiting).release()
    bench.equal(await lock.queue(), [], 'the queue after all have released')
  },
}

export const waiting: Suite = [fair, noStarving, cancel, queue]
