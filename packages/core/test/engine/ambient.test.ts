import { describe, expect, it } from 'vitest'
import { add, latch, World } from './world.js'

async function clients(options = {}) {
  const world = new World()
  const [a, b] = await world.pair(options)
  return { world, wait: world.wait, a, b, n: a.ref('/n', 0), m: b.ref('/m', 0) }
}

describe('code that is called in a body', () => {
  it('finds its transaction, also behind an await, and nobody finds it outside', async () => {
    const { wait, a } = await clients()
    expect(a.currentTx()).toBeUndefined()
    const found = a.dosync(async (tx) => {
      const first = a.currentTx() === tx
      await Promise.resolve()
      return [first, a.currentTx() === tx, await Promise.all([1, 2].map(async () => a.currentTx() === tx))]
    })
    expect(await wait(found)).toEqual([true, true, [true, true]])
    expect(a.currentTx()).toBeUndefined()
  })

  it('joins with dosync: one record, all or nothing', async () => {
    const { world, wait, a, n } = await clients()
    const records = world.records().length
    const deposit = (by: number) => a.dosync((tx) => tx.alter(n, add, by))
    await wait(a.dosync(() => Promise.all([deposit(1), deposit(10)])))
    expect(world.records()).toHaveLength(records + 1)
    const failing = a.dosync(async () => {
      await deposit(100)
      throw new Error('no')
    })
    await expect(wait(failing)).rejects.toThrow('no')
    expect(await wait(n.deref())).toBe(11)
  })

  it('reads with deref what its transaction sees, and makes that a read', async () => {
    const { world, wait, a, b, n } = await clients()
    const [local, read, goOn] = [a.localRef(0), latch(), latch()]
    const seen: number[][] = []
    const running = a.dosync(async (tx) => {
      tx.set(local, 5)
      const before = await n.deref()
      read.open()
      await goOn.promise
      seen.push([before, await n.deref(), await local.deref()])
      tx.set(a.ref('/other', 0), 1)
    })
    await read.promise
    await wait(b.dosync((tx) => tx.set(b.ref('/n', 0), 7)))
    await world.pass(10)
    goOn.open()
    await wait(running)
    expect(seen).toEqual([
      [0, 0, 5],
      [7, 7, 5],
    ])
  })

  it('joins with read as well', async () => {
    const { wait, a, n } = await clients()
    const seen = a.dosync(async (tx) => {
      tx.set(n, 3)
      return a.read((reader) => reader.get(n))
    })
    expect(await wait(seen)).toBe(3)
  })

  it('that goes on when the transaction has ended has none', async () => {
    const { wait, a, n } = await clients()
    const ended = latch()
    let late: Promise<unknown> | undefined
    await wait(
      a.dosync((tx) => {
        tx.set(n, 1)
        late = ended.promise.then(async () => [a.currentTx(), await a.dosync((own) => own.alter(n, add, 1))])
      }),
    )
    ended.open()
    expect(await wait(late as Promise<unknown>)).toEqual([undefined, 2])
  })

  it('of a watch or of afterCommit has none', async () => {
    const { wait, a, n } = await clients()
    const found: unknown[] = []
    n.addWatch('key', () => found.push(a.currentTx()))
    await wait(
      a.dosync((tx) => {
        tx.set(n, 1)
        tx.afterCommit(() => found.push(a.currentTx()))
      }),
    )
    expect(found).toEqual([undefined, undefined])
  })

  it('finds the transaction of the client that it asks, of two that are nested', async () => {
    const { wait, a, b, n, m } = await clients()
    const nested = a.dosync(async (outer) => {
      outer.set(n, 1)
      return b.dosync(async (inner) => {
        const found = [a.currentTx() === outer, b.currentTx() === inner]
        await a.dosync((tx) => tx.alter(n, add, 1))
        inner.set(m, await n.deref())
        return found
      })
    })
    expect(await wait(nested)).toEqual([true, true])
    expect(await wait(n.deref())).toBe(2)
    expect(await wait(m.deref())).toBe(2)
  })

  it('of another client commits by itself', async () => {
    const { wait, a, b, m } = await clients()
    const failing = a.dosync(async () => {
      await b.dosync((tx) => tx.set(m, 5))
      throw new Error('no')
    })
    await expect(wait(failing)).rejects.toThrow('no')
    expect(await wait(m.deref())).toBe(5)
  })
})

describe('ambient: false', () => {
  it('an inner dosync is a transaction of its own, and deref reads what is committed', async () => {
    const { world, wait, a, n } = await clients({ ambient: false })
    const records = world.records().length
    const seen = a.dosync(async (tx) => {
      tx.set(n, 1)
      await a.dosync((own) => own.set(a.ref('/other', 0), 1))
      return [a.currentTx(), await n.deref(), await tx.dosync((inner) => inner.get(n))]
    })
    expect(await wait(seen)).toEqual([undefined, 0, 1])
    expect(world.records()).toHaveLength(records + 2)
  })
})
