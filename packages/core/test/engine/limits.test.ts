import { describe, expect, it } from 'vitest'
import { ValueError } from '../../src/index.js'
import { add, Gate, World } from './world.js'

describe('a log that takes small records', () => {
  it('gets several of them', async () => {
    const world = new World()
    const { wait } = world
    const avout = await world.connect({}, new Gate(1_000))
    const refs = Array.from({ length: 60 }, (_, i) => avout.ref(`/${i}`, ''))
    await wait(Promise.all(refs.map((ref) => avout.dosync((tx) => tx.set(ref, 'x'.repeat(50))))))
    for (const record of world.records()) expect(record.length).toBeLessThanOrEqual(1_000)
    expect(await wait(avout.read((tx) => tx.getAll(refs)))).toEqual(refs.map(() => 'x'.repeat(50)))
  })

  it('refuses a transaction that fits into none, and takes those beside it', async () => {
    const world = new World()
    const { wait } = world
    const avout = await world.connect({}, new Gate(1_000))
    const large = avout.dosync((tx) => {
      for (let i = 0; i < 20; i++) tx.set(avout.ref(`/large/${i}`, ''), 'x'.repeat(100))
    })
    const small = avout.dosync((tx) => tx.alter(avout.ref('/small', 0), add, 1))
    await expect(wait(large)).rejects.toBeInstanceOf(ValueError)
    expect(await wait(small)).toBe(1)
    expect(await wait(avout.dosync((tx) => tx.has(avout.ref('/large/0', ''))))).toBe(false)
    expect(await wait(avout.dosync((tx) => tx.alter(avout.ref('/small', 0), add, 1)))).toBe(2)
  })
})

describe('a window of one position', () => {
  it('is enough to go on, whoever writes', async () => {
    const world = new World()
    const { wait } = world
    const [a, b] = await world.pair({ founding: { window: 1 } })
    const adding: Promise<number>[] = []
    for (let i = 0; i < 10; i++) {
      for (const client of [a, b]) adding.push(client.dosync((tx) => tx.alter(client.ref('/n', 0), add, 1)))
      await world.pass()
    }
    await wait(Promise.all(adding))
    expect(await wait(a.ref('/n', 0).deref())).toBe(20)
    expect(world.scheduler.now).toBeLessThan(10_000)
  })
})
