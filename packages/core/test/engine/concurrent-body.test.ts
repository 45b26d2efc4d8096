import { describe, expect, it } from 'vitest'
import { add, World } from './world.js'

async function client() {
  const world = new World()
  const avout = await world.connect()
  return { world, wait: world.wait, avout, n: avout.ref('/n', 0) }
}

describe('a body that works concurrently', () => {
  it('loses none of two alters', async () => {
    const { wait, avout, n } = await client()
    await wait(avout.dosync((tx) => Promise.all([tx.alter(n, add, 1), tx.alter(n, add, 10)])))
    expect(await wait(n.deref())).toBe(11)
  })

  it('loses none of two alters whose value has to be fetched first', async () => {
    const world = new World()
    const { wait } = world
    const writer = await world.connect({ founding: { inlineLimit: 0 } })
    await wait(writer.dosync((tx) => tx.set(writer.ref('/list', ['']), ['first'])))
    const reader = await world.connect()
    const list = reader.ref<string[]>('/list', [''])
    const push = (values: string[], value: string): string[] => [...values, value]
    await wait(reader.dosync((tx) => Promise.all([tx.alter(list, push, 'b'), tx.alter(list, push, 'c')])))
    expect(await wait(list.deref())).toEqual(['first', 'b', 'c'])
  })

  it('alters what a deletion left that came first', async () => {
    const world = new World()
    const { wait } = world
    const writer = await world.connect({ founding: { inlineLimit: 0 } })
    await wait(writer.dosync((tx) => tx.set(writer.ref('/text', ''), 'stored')))
    for (const operation of ['alter', 'commute'] as const) {
      const reader = await world.connect()
      const text = reader.ref('/text', '')
      const deleted = reader.dosync(async (tx) => {
        const altered = tx[operation](text, (value) => `${value}!`)
        tx.delete(text)
        await altered
        return tx.get(text)
      })
      expect(await wait(deleted), operation).toBe('!')
    }
  })

  it('commits what it forgot to await', async () => {
    const world = new World()
    const { wait } = world
    const writer = await world.connect({ founding: { inlineLimit: 0 } })
    await wait(writer.dosync((tx) => tx.set(writer.ref('/text', ''), 'stored')))
    const reader = await world.connect() // it has to fetch the value: the body ends before that
    const text = reader.ref('/text', '')
    await wait(
      reader.dosync((tx) => {
        void tx.alter(text, (value) => `${value}!`)
      }),
    )
    expect(await wait(text.deref())).toBe('stored!')
  })

  it('fails with what an operation failed with that nobody awaited', async () => {
    const { wait, avout, n } = await client()
    const failing = avout.dosync((tx) => {
      tx.set(n, 1)
      void tx.alter(avout.ref('/m', 0), () => {
        throw new Error('forgotten')
      })
    })
    await expect(wait(failing)).rejects.toThrow('forgotten')
    expect(await wait(n.deref())).toBe(0)
  })

  it('fails with what an operation failed with that it caught: half of it must not be committed', async () => {
    const { wait, avout, n } = await client()
    const failing = avout.dosync(async (tx) => {
      tx.set(n, 1)
      const altered = tx.alter(avout.ref('/m', 0), () => {
        throw new Error('caught')
      })
      await expect(altered).rejects.toThrow('caught')
    })
    await expect(wait(failing)).rejects.toThrow('caught')
    expect(await wait(n.deref())).toBe(0)
  })

  it('may not give an asynchronous function to alter or commute', async () => {
    const { wait, avout, n } = await client()
    const asynchronous = (async () => 5) as unknown as () => number
    for (const operation of ['alter', 'commute'] as const) {
      const failing = avout.dosync((tx) => tx[operation](n, asynchronous))
      await expect(wait(failing), operation).rejects.toMatchObject({ code: 'AVOUT_ASYNC_UPDATE' })
    }
    expect(await wait(avout.dosync((tx) => tx.has(n)))).toBe(false)
  })
})
