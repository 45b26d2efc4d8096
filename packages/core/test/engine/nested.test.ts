import { describe, expect, it } from 'vitest'
import { add, World } from './world.js'

async function client() {
  const world = new World()
  const avout = await world.connect()
  return { world, wait: world.wait, avout, n: avout.ref('/n', 0), m: avout.ref('/m', 0) }
}

describe('a nested dosync', () => {
  it('sees what the outer one wrote, and the outer one what it wrote', async () => {
    const { wait, avout, n, world } = await client()
    const records = world.records().length
    const seen = await wait(
      avout.dosync(async (tx) => {
        tx.set(n, 1)
        const inner = await tx.dosync((nested) => nested.alter(n, add, 10))
        return [inner, await tx.get(n)]
      }),
    )
    expect(seen).toEqual([11, 11])
    expect(world.records()).toHaveLength(records + 1)
  })

  it('that throws loses its own writes, and nothing else', async () => {
    const { wait, avout, n, m } = await client()
    const caught = await wait(
      avout.dosync(async (tx) => {
        tx.set(n, 1)
        const failure = await tx
          .dosync(async (nested) => {
            nested.set(n, 2)
            nested.set(m, 2)
            await nested.alter(m, add, 1)
            throw new Error('dropped')
          })
          .catch((error: Error) => error.message)
        return [failure, await tx.get(n), await tx.has(m)]
      }),
    )
    expect(caught).toEqual(['dropped', 1, false])
    expect(await wait(avout.read((tx) => tx.getAll([n, m])))).toEqual([1, 0])
  })

  it('that threw leaves its reads in the read set', async () => {
    const { wait, avout, n, m, world } = await client()
    const rival = await world.connect()
    world.rival(() => rival.dosync((tx) => tx.set(rival.ref('/m', 0), 1)))
    const attempts: number[] = []
    const dropped = new Error('dropped')
    await wait(
      avout.dosync(async (tx) => {
        await expect(
          tx.dosync(async (nested) => {
            attempts.push(await nested.get(m))
            throw dropped
          }),
        ).rejects.toBe(dropped)
        tx.set(n, 1)
      }),
    )
    expect(attempts).toEqual([0, 1])
  })

  it('that threw and is not caught fails the whole', async () => {
    const { wait, avout, n } = await client()
    const failing = avout.dosync(async (tx) => {
      tx.set(n, 1)
      await tx.dosync(() => {
        throw new Error('inner')
      })
    })
    await expect(wait(failing)).rejects.toThrow('inner')
    expect(await wait(n.deref())).toBe(0)
  })

  it('drops its callbacks with its writes', async () => {
    const { wait, avout, n } = await client()
    const called: string[] = []
    await wait(
      avout.dosync(async (tx) => {
        tx.set(n, 1)
        tx.afterCommit(() => called.push('outer'))
        const inner = tx.dosync((nested) => {
          nested.afterCommit(() => called.push('inner'))
          throw new Error('dropped')
        })
        await expect(inner).rejects.toThrow('dropped')
      }),
    )
    expect(called).toEqual(['outer'])
  })

  it('may retry: the whole sleeps until what was read has changed', async () => {
    const { wait, avout, n, world } = await client()
    const waiting = avout.dosync((tx) =>
      tx.dosync(async (nested) => {
        const value = await nested.get(n)
        return value === 0 ? nested.retry() : value
      }),
    )
    await world.pass(1)
    await wait(avout.dosync((tx) => tx.set(n, 4)))
    expect(await wait(waiting)).toBe(4)
  })

  it('by the client joins as well, and its own end ends nothing', async () => {
    const { wait, avout, n, world } = await client()
    const records = world.records().length
    await wait(
      avout.dosync(async (tx) => {
        await avout.dosync((inner) => inner.alter(n, add, 1))
        await tx.alter(n, add, 1)
      }),
    )
    expect(await wait(n.deref())).toBe(2)
    expect(world.records()).toHaveLength(records + 1)
  })
})
