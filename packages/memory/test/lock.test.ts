import { ClosedError, LockLostError } from '@avout/core'
import type { Lock } from '@avout/core/backend'
import { expect, it } from 'vitest'
import { machines } from './open.js'

const acquire = (lock: Lock, owner: string, mode: 'read' | 'write' = 'write', lease = 1000) =>
  lock.acquire(mode, { lease, owner })

/** What a promise has come to so far. */
function outcomeOf<T>(promise: Promise<T>): { value?: T; error?: unknown } {
  const outcome: { value?: T; error?: unknown } = {}
  promise.then(
    (value) => {
      outcome.value = value
    },
    (error: unknown) => {
      outcome.error = error
    },
  )
  return outcome
}

async function setUp() {
  const { scheduler, open } = machines()
  const [a, b, c] = [await open('a'), await open('b'), await open('c')]
  const locks = [a, b, c].map(({ session }) => session.lock('lock')) as [Lock, Lock, Lock]
  return { scheduler, a, b, c, locks }
}

it('is renewed as long as its machine runs, and ends when that stands still', async () => {
  const { scheduler, a, locks } = await setUp()
  const lease = await acquire(locks[0], 'a')
  const waiting = outcomeOf(acquire(locks[1], 'b'))
  await scheduler.advance(10_000)
  expect(waiting).toEqual({})
  a.process.pause()
  await scheduler.advance(600)
  expect([waiting.value, lease.lost.aborted]).toEqual([undefined, false])
  await scheduler.advance(500)
  expect(waiting.value?.token).toBeGreaterThan(lease.token)
  expect(lease.lost.aborted).toBe(true)
  expect(lease.lost.reason).toBeInstanceOf(LockLostError)
  a.process.resume()
  await scheduler.advance(5000)
  await expect(lease.release()).rejects.toThrow(LockLostError)
  expect(waiting.value?.lost.aborted).toBe(false)
  expect((await locks[2].queue()).map(({ owner }) => owner)).toEqual(['b'])
})

it('is not lost by a late renewal that nobody was waiting for', async () => {
  const { scheduler, a, locks } = await setUp()
  const lease = await acquire(locks[0], 'a')
  a.process.pause()
  await scheduler.advance(5000)
  a.process.resume()
  await scheduler.advance(100)
  expect((await locks[1].queue()).map(({ owner }) => owner)).toEqual(['a'])
  await lease.release()
  expect(await locks[1].queue()).toEqual([])
})

it('ends with its session, and so do the waits of that', async () => {
  const { scheduler, a, b, locks } = await setUp()
  const lease = await acquire(locks[0], 'a')
  const gone = outcomeOf(acquire(locks[1], 'b'))
  const waiting = outcomeOf(acquire(locks[2], 'c'))
  await b.session.close()
  await a.session.close()
  await scheduler.advance(1)
  expect(gone.error).toBeInstanceOf(ClosedError)
  expect(lease.lost.aborted).toBe(true)
  expect(waiting.value?.token).toBeGreaterThan(lease.token)
})

it('leaves nothing running when it is free', async () => {
  const { scheduler, locks } = await setUp()
  const lease = await acquire(locks[0], 'a')
  const waiting = acquire(locks[1], 'b')
  await scheduler.advance(100)
  await lease.release()
  await (await waiting).release()
  await scheduler.run()
  expect(scheduler.due).toBeUndefined()
})

it('counts a lease that is released twice once', async () => {
  const { scheduler, locks } = await setUp()
  const [first, second] = [await acquire(locks[0], 'a'), await acquire(locks[0], 'a')]
  const waiting = outcomeOf(acquire(locks[1], 'b'))
  await first.release()
  await first.release()
  await scheduler.advance(1)
  expect(waiting).toEqual({})
  expect(second.token).toBe(first.token)
  await second.release()
  await scheduler.advance(1)
  expect(waiting.value).toBeDefined()
})

it('lets who reads alone write, and before others when it has to wait', async () => {
  const { scheduler, locks } = await setUp()
  const reading = await acquire(locks[0], 'a', 'read')
  const writing = await acquire(locks[0], 'a', 'write')
  expect(writing.token).toBeGreaterThan(reading.token)
  expect((await acquire(locks[0], 'a', 'read')).token).toBe(writing.token)
  await writing.release()
  const other = await acquire(locks[1], 'b', 'read')
  expect(other.token).toBeGreaterThan(writing.token)
  const late = outcomeOf(acquire(locks[2], 'c', 'write'))
  const upgrade = outcomeOf(acquire(locks[0], 'a', 'write'))
  await scheduler.advance(1)
  expect([late, upgrade]).toEqual([{}, {}])
  await other.release()
  await scheduler.advance(1)
  expect(upgrade.value).toBeDefined()
  expect(late).toEqual({})
})

it('grants what waits for its own owner', async () => {
  const { scheduler, locks } = await setUp()
  const held = await acquire(locks[0], 'a')
  const first = outcomeOf(acquire(locks[1], 'b'))
  const other = outcomeOf(acquire(locks[2], 'c'))
  const second = outcomeOf(acquire(locks[1], 'b'))
  await held.release()
  await scheduler.advance(1)
  // Behind the other it would wait for itself.
  expect([first.value !== undefined, second.value !== undefined, other.value]).toEqual([true, true, undefined])
})

it('grants readers together once a cancelled writer no longer stands before them', async () => {
  const { scheduler, locks } = await setUp()
  await acquire(locks[0], 'a', 'read')
  const cancelled = new AbortController()
  const writer = outcomeOf(locks[1].acquire('write', { lease: 1000, owner: 'b', signal: cancelled.signal }))
  const readers = ['c', 'd'].map((owner) => outcomeOf(acquire(locks[2], owner, 'read')))
  await scheduler.advance(1)
  expect(readers).toEqual([{}, {}])
  cancelled.abort(new Error('no more'))
  await scheduler.advance(1)
  expect(writer.error).toBe(cancelled.signal.reason)
  expect(readers.every(({ value }) => value !== undefined)).toBe(true)
})
