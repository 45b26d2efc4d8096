import { describe, expect, it } from 'vitest'
import { ClosedError } from '../../src/index.js'
import { add, outcomeOf, World } from './world.js'

async function clients() {
  const world = new World()
  const [a, b] = await world.pair()
  return { world, wait: world.wait, a, b, n: a.ref('/n', 0), bn: b.ref('/n', 0) }
}

describe('changes', () => {
  it('gives each change from its call on, also those before the first next', async () => {
    const { world, wait, a, b, n, bn } = await clients()
    const iterator = n.changes()[Symbol.asyncIterator]()
    await wait(a.dosync((tx) => tx.alter(n, add, 1)))
    await wait(b.dosync((tx) => tx.alter(bn, add, 1)))
    await world.pass(1_000)
    const next = async () => (await wait(iterator.next())).value
    expect([await next(), await next()]).toMatchObject([
      { old: 0, value: 1, resync: false },
      { old: 1, value: 2, resync: false },
    ])
    const waiting = iterator.next()
    await wait(a.dosync((tx) => tx.alter(n, add, 1)))
    expect(await wait(waiting)).toMatchObject({ done: false, value: { old: 2, value: 3 } })
  })

  it('ends with a break, and then nothing polls any more', async () => {
    const { world, wait, a, n } = await clients()
    const seen: number[] = []
    const reading = (async () => {
      for await (const { value } of n.changes()) {
        seen.push(value)
        if (value === 2) break
      }
    })()
    for (let i = 0; i < 3; i++) await wait(a.dosync((tx) => tx.alter(n, add, 1)))
    await wait(reading)
    expect(seen).toEqual([1, 2])
    expect(await world.scheduler.run({ limit: 1_000 })).toBe('idle')
  })

  it('ends with return for who waits, quietly', async () => {
    const { wait, n } = await clients()
    const iterator = n.changes()[Symbol.asyncIterator]()
    const waiting = iterator.next()
    await iterator.return?.()
    expect(await wait(waiting)).toEqual({ done: true, value: undefined })
    expect(await wait(iterator.next())).toEqual({ done: true, value: undefined })
  })

  it('ends with an abort, by its reason, behind what is queued', async () => {
    const { wait, a, n } = await clients()
    const [controller, reason] = [new AbortController(), new Error('enough')]
    const iterator = n.changes({ signal: controller.signal })[Symbol.asyncIterator]()
    await wait(a.dosync((tx) => tx.set(n, 1)))
    controller.abort(reason)
    await wait(a.dosync((tx) => tx.set(n, 2)))
    expect(await wait(iterator.next())).toMatchObject({ value: { value: 1 } })
    await expect(wait(iterator.next())).rejects.toBe(reason)
    const aborted = n.changes({ signal: AbortSignal.abort(reason) })[Symbol.asyncIterator]()
    await expect(wait(aborted.next())).rejects.toBe(reason)
  })

  it('ends with the client', async () => {
    const { wait, a, n } = await clients()
    const waiting = outcomeOf(n.changes()[Symbol.asyncIterator]().next())
    await wait(a.close())
    expect(await wait(waiting)).toEqual({ error: expect.any(ClosedError) })
  })

  it('tells a reader that was too slow that some are missing', async () => {
    const { wait, a, n } = await clients()
    const iterator = n.changes()[Symbol.asyncIterator]()
    for (let i = 0; i < 101; i++) {
      await wait(Promise.all(Array.from({ length: 100 }, () => a.dosync((tx) => tx.commute(n, add, 1)))))
    }
    expect(await wait(iterator.next())).toMatchObject({ value: { old: 100, value: 101, resync: true } })
    expect(await wait(iterator.next())).toMatchObject({ value: { old: 101, value: 102, resync: false } })
  })

  it('of a family gives those of all its refs, with the key', async () => {
    const { world, wait, a, b } = await clients()
    const stock = a.family('/stock', 0)
    const theirs = b.family('/stock', 0)
    const iterator = stock.changes()[Symbol.asyncIterator]()
    await wait(a.dosync((tx) => tx.set(stock('apple'), 3)))
    await wait(a.dosync((tx) => tx.set(a.ref('/stocks/other', 0), 9)))
    await wait(b.dosync((tx) => tx.set(theirs('pear/green'), 4)))
    await wait(b.dosync((tx) => tx.delete(theirs('apple'))))
    await world.pass(1_000)
    const next = async () => (await wait(iterator.next())).value
    expect([await next(), await next(), await next()]).toMatchObject([
      { key: 'apple', old: 0, value: 3 },
      { key: 'pear/green', old: 0, value: 4 },
      { key: 'apple', old: 3, value: 0 },
    ])
    await iterator.return?.()
    expect(await world.scheduler.run({ limit: 1_000 })).toBe('idle')
  })
})
