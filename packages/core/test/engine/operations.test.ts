import { describe, expect, it } from 'vitest'
import { defineRef } from '../../src/index.js'
import { add, World } from './world.js'

async function client() {
  const world = new World()
  return { world, wait: world.wait, avout: await world.connect() }
}

describe('a ref', () => {
  it('reads as its initial value until it is written, in a body and outside', async () => {
    const { avout, wait, world } = await client()
    const n = avout.ref('/n', 7)
    expect(await wait(n.deref())).toBe(7)
    expect(await wait(avout.dosync((tx) => tx.get(n)))).toBe(7)
    expect(world.records()).toHaveLength(1) // the founding alone
  })

  it('reads as what this transaction wrote, and as before for everybody else', async () => {
    const { avout, wait, world } = await client()
    const other = await world.connect()
    const n = avout.ref('/n', 0)
    const seen = await wait(
      avout.dosync(async (tx) => {
        tx.set(n, 5)
        return [await tx.get(n), await other.ref('/n', 0).deref(), await tx.get(n)]
      }),
    )
    expect(seen).toEqual([5, 0, 5])
    expect(await wait(other.ref('/n', 0).deref())).toBe(5)
  })

  it('is read by its definition, and by the handle of it, as one', async () => {
    const { avout, wait } = await client()
    const definition = defineRef('/n', 0)
    await wait(avout.dosync((tx) => tx.set(definition, 3)))
    expect(await wait(avout.ref(definition).deref())).toBe(3)
    expect(avout.ref(definition)).toBe(avout.ref('/n', 0))
  })
})

describe('operations', () => {
  it('getAll answers in the order asked', async () => {
    const { avout, wait } = await client()
    const [n, text] = [avout.ref('/n', 1), avout.ref('/text', 'x')]
    expect(await wait(avout.dosync((tx) => tx.getAll([text, n, text])))).toEqual(['x', 1, 'x'])
  })

  it('alter gives the function its arguments, and answers what it made', async () => {
    const { avout, wait } = await client()
    const n = avout.ref('/n', 1)
    expect(await wait(avout.dosync((tx) => tx.alter(n, (value, by, times) => value + by * times, 2, 10)))).toBe(21)
    expect(await wait(n.deref())).toBe(21)
  })

  it('has tells whether it was written and not deleted, this transaction included', async () => {
    const { avout, wait } = await client()
    const n = avout.ref('/n', 1)
    const has = () => wait(avout.dosync((tx) => tx.has(n)))
    const seen = [await has()]
    await wait(
      avout.dosync(async (tx) => {
        seen.push(await tx.has(n))
        tx.set(n, 1)
        seen.push(await tx.has(n))
      }),
    )
    seen.push(await has())
    await wait(
      avout.dosync(async (tx) => {
        tx.delete(n)
        seen.push(await tx.has(n))
      }),
    )
    expect([...seen, await has()]).toEqual([false, false, true, true, false, false])
  })

  it('a deleted ref reads as its initial value, and can be written again', async () => {
    const { avout, wait } = await client()
    const n = avout.ref('/n', 1)
    await wait(avout.dosync((tx) => tx.set(n, 5)))
    expect(
      await wait(
        avout.dosync((tx) => {
          tx.delete(n)
          return tx.get(n)
        }),
      ),
    ).toBe(1)
    expect(await wait(n.deref())).toBe(1)
    await wait(avout.dosync((tx) => tx.alter(n, add, 1)))
    expect(await wait(n.deref())).toBe(2)
  })

  it('ensure answers the value', async () => {
    const { avout, wait } = await client()
    const n = avout.ref('/n', 4)
    expect(await wait(avout.dosync((tx) => tx.ensure(n)))).toBe(4)
  })

  it('all writes of a transaction are seen at once, or none', async () => {
    const { avout, wait } = await client()
    const refs = [avout.ref('/a', 0), avout.ref('/b', 0)] as const
    const failing = avout.dosync((tx) => {
      for (const ref of refs) tx.set(ref, 9)
      throw new Error('no')
    })
    await expect(wait(failing)).rejects.toThrow('no')
    expect(await wait(avout.read((tx) => tx.getAll(refs)))).toEqual([0, 0])
    await wait(avout.dosync((tx) => refs.map((ref, i) => tx.set(ref, i + 1)).length))
    expect(await wait(avout.read((tx) => tx.getAll(refs)))).toEqual([1, 2])
  })

  it('id, attempt and now are the same throughout a run', async () => {
    const { avout, wait, world } = await client()
    await world.pass(1_000)
    const seen = await wait(
      avout.dosync(
        async (tx) => {
          const before = [tx.id, tx.attempt, tx.now().getTime()]
          await tx.get(avout.ref('/n', 0))
          return [before, [tx.id, tx.attempt, tx.now().getTime()]]
        },
        { id: 'mine' },
      ),
    )
    expect(seen).toEqual([
      ['mine', 1, 1_000],
      ['mine', 1, 1_000],
    ])
  })
})
