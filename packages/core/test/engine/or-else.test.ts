import { describe, expect, it } from 'vitest'
import { add, World } from './world.js'

async function client() {
  const world = new World()
  const [a, b] = await world.pair()
  return { world, wait: world.wait, a, b, n: a.ref('/n', 0), m: a.ref('/m', 0) }
}

describe('orElse', () => {
  it('is its left branch where that does not retry', async () => {
    const { wait, a, n } = await client()
    const result = a.dosync((tx) =>
      tx.orElse(
        (left) => left.alter(n, add, 1),
        () => 'right',
      ),
    )
    expect(await wait(result)).toBe(1)
  })

  it('is its right branch where the left one retries, whose writes are dropped', async () => {
    const { wait, a, n, m } = await client()
    const result = a.dosync((tx) =>
      tx.orElse(
        async (left) => {
          left.set(n, 5)
          await left.get(m)
          return left.retry()
        },
        async (right) => [await right.get(n), await right.alter(m, add, 1)],
      ),
    )
    expect(await wait(result)).toEqual([0, 1])
    expect(await wait(a.read((tx) => tx.getAll([n, m])))).toEqual([0, 1])
  })

  it('passes an error of its left branch on', async () => {
    const { wait, a } = await client()
    const failing = a.dosync((tx) =>
      tx.orElse(
        () => {
          throw new Error('left')
        },
        () => 'right',
      ),
    )
    await expect(wait(failing)).rejects.toThrow('left')
  })

  it.each(['/n', '/m'])('of two that retry sleeps until what either has read changes: %s', async (changed) => {
    const { world, wait, a, n, m } = await client()
    const notZero = (ref: typeof n) => async (tx: { get(ref: typeof n): Promise<number>; retry(): never }) =>
      (await tx.get(ref)) === 0 ? tx.retry() : ref.name
    const runs: number[] = []
    const waiting = a.dosync((tx) => {
      runs.push(tx.attempt)
      return tx.orElse(notZero(n), notZero(m))
    })
    await world.pass(10)
    expect(runs).toEqual([1])
    await wait(a.dosync((tx) => tx.set(a.ref(changed, 0), 1)))
    expect(await wait(waiting)).toBe(changed)
  })

  it('keeps the reads of the branch that it left', async () => {
    const { world, wait, a, b, n, m } = await client()
    world.rival(() => b.dosync((tx) => tx.set(b.ref('/n', 0), 1)))
    const taken = a.dosync((tx) =>
      tx.orElse(
        async (left) => ((await left.get(n)) === 0 ? left.retry() : left.set(m, 10)),
        (right) => right.set(m, 20),
      ),
    )
    await wait(taken)
    expect(await wait(m.deref())).toBe(10)
  })

  it('can stand in a branch of another one', async () => {
    const { wait, a, n } = await client()
    const result = a.dosync((tx) =>
      tx.orElse(
        (left) =>
          left.orElse(
            async (inner) => ((await inner.get(n)) === 0 ? inner.retry() : 1),
            async (inner) => ((await inner.get(n)) === 0 ? inner.retry() : 2),
          ),
        () => 3,
      ),
    )
    expect(await wait(result)).toBe(3)
  })

  it('whose left branch retried in a dosync of its own is its right one', async () => {
    const { wait, a, n } = await client()
    const result = a.dosync((tx) =>
      tx.orElse(
        (left) => left.dosync(async (inner) => ((await inner.get(n)) === 0 ? inner.retry() : 1)),
        () => 2,
      ),
    )
    expect(await wait(result)).toBe(2)
  })

  it('drops the callbacks of the branch that it left', async () => {
    const { wait, a, n } = await client()
    const called: string[] = []
    await wait(
      a.dosync((tx) =>
        tx.orElse(
          async (left) => {
            left.afterCommit(() => called.push('left'))
            await left.get(n)
            return left.retry()
          },
          (right) => {
            right.afterCommit(() => called.push('right'))
            right.set(n, 1)
          },
        ),
      ),
    )
    expect(called).toEqual(['right'])
  })
})
