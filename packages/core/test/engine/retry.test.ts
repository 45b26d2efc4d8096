import { describe, expect, it } from 'vitest'
import type { Avout, Ref, Tx } from '../../src/index.js'
import { latch, outcomeOf, World } from './world.js'

async function pair(faults = {}) {
  const world = new World(faults)
  const [a, b] = await world.pair()
  return { world, wait: world.wait, a, b, n: a.ref('/n', 0), bn: b.ref('/n', 0) }
}

/** Waits until the ref is not 0, and answers it. */
function notZero(client: Avout, ref: Ref<number>, runs: number[] = [], options = {}): Promise<number> {
  return client.dosync(async (tx: Tx) => {
    runs.push(tx.attempt)
    const value = await tx.get(ref)
    return value === 0 ? tx.retry() : value
  }, options)
}

describe('retry', () => {
  it('sleeps, and wakes by a commit of the same client', async () => {
    const { world, wait, a, n } = await pair()
    const runs: number[] = []
    const waiting = notZero(a, n, runs)
    await world.pass(100)
    expect(runs).toEqual([1])
    await wait(a.dosync((tx) => tx.set(n, 3)))
    expect(await wait(waiting)).toBe(3)
    expect(runs).toEqual([1, 2])
  })

  it('wakes by the commit of another client, as soon as that is pushed', async () => {
    const { world, wait, a, b, n, bn } = await pair()
    const waiting = notZero(a, n)
    await world.pass(10)
    await wait(b.dosync((tx) => tx.set(bn, 3)))
    const before = world.scheduler.now
    expect(await wait(waiting)).toBe(3)
    expect(world.scheduler.now - before).toBeLessThan(1)
  })

  it('wakes although the push is lost: the tail is polled, and only while somebody sleeps', async () => {
    const { world, wait, a, b, n, bn } = await pair({ pushLost: 1 })
    const waiting = notZero(a, n)
    await world.pass(10)
    await wait(b.dosync((tx) => tx.set(bn, 3)))
    const before = world.scheduler.now
    expect(await wait(waiting)).toBe(3)
    expect(world.scheduler.now - before).toBeLessThan(1_000)
    expect(await world.scheduler.run({ limit: 1_000 })).toBe('idle')
  })

  it('does not wake by what it has not read', async () => {
    const { world, wait, a, n } = await pair()
    const runs: number[] = []
    const waiting = notZero(a, n, runs)
    await wait(a.dosync((tx) => tx.set(a.ref('/other', 0), 1)))
    await world.pass(10_000)
    expect(runs).toEqual([1])
    await wait(a.dosync((tx) => tx.set(n, 1)))
    await wait(waiting)
  })

  it('loses no wake-up between its read and its sleep', async () => {
    const { wait, a, n } = await pair()
    const [read, changed] = [latch(), latch()]
    const waiting = a.dosync(async (tx) => {
      const value = await tx.get(n)
      read.open()
      await changed.promise
      return value === 0 ? tx.retry() : value
    })
    await read.promise
    await wait(a.dosync((tx) => tx.set(n, 8)))
    changed.open()
    expect(await wait(waiting)).toBe(8)
  })

  it('loses no wake-up of another client whose push comes before the sleep', async () => {
    const { world, wait, a, b, n, bn } = await pair()
    const [read, changed] = [latch(), latch()]
    const waiting = a.dosync(async (tx) => {
      const value = await tx.get(n)
      read.open()
      await changed.promise
      return value === 0 ? tx.retry() : value
    })
    await read.promise
    await wait(b.dosync((tx) => tx.set(bn, 8)))
    await world.pass(5)
    changed.open()
    await world.pass(5)
    expect(await wait(outcomeOf(waiting))).toEqual({ value: 8 })
    expect(world.scheduler.now).toBeLessThan(100)
  })

  it('does not count the time asleep', async () => {
    const { world, wait, a, n } = await pair()
    const waiting = notZero(a, n, [], { timeout: 100 })
    await world.pass(60_000)
    await wait(a.dosync((tx) => tx.set(n, 1)))
    expect(await wait(waiting)).toBe(1)
  })

  it('ends when its signal aborts, with the reason', async () => {
    const { world, wait, a, n } = await pair()
    const [controller, reason] = [new AbortController(), new Error('enough')]
    const waiting = notZero(a, n, [], { signal: controller.signal })
    await world.pass(10)
    controller.abort(reason)
    await expect(wait(waiting)).rejects.toBe(reason)
    expect(await world.scheduler.run({ limit: 1_000 })).toBe('idle')
  })

  it('in a body that has read nothing is a TypeError', async () => {
    const { wait, a } = await pair()
    await expect(wait(a.dosync((tx) => tx.retry()))).rejects.toMatchObject({ code: 'AVOUT_RETRY_WITHOUT_READS' })
    await expect(wait(a.dosync((tx) => tx.retry()))).rejects.toBeInstanceOf(TypeError)
  })

  it('cannot be caught', async () => {
    const { world, wait, a, n } = await pair()
    const waiting = a.dosync(async (tx) => {
      const value = await tx.get(n)
      try {
        if (value === 0) tx.retry()
      } catch {
        return -1
      }
      return value
    })
    await world.pass(10)
    await wait(a.dosync((tx) => tx.set(n, 1)))
    expect(await wait(waiting)).toBe(1)
  })
})
