import { describe, expect, it } from 'vitest'
import { inspect } from '../../src/testing/index.js'
import { add, World } from './world.js'

async function clients(faults = {}, options = {}) {
  const world = new World(faults)
  const [a, b] = await world.pair(options)
  return { world, wait: world.wait, a, b, n: a.ref('/n', 0), bn: b.ref('/n', 0) }
}

describe('a record that stands in the log twice', () => {
  it('and is answered with its second place, counts where it stands first', async () => {
    const delay = [5, 5] as const
    const world = new World({ delay, late: 1, lateBy: [7, 7] })
    world.store.faults = { ...world.store.faults, late: 0 }
    const home = world.another('elsewhere')
    const avout = await world.connect()
    const n = avout.ref('/n', 0, { in: home })
    await world.wait(avout.dosync((tx) => tx.set(n, 10)))
    home.faults = { ...home.faults, delay: [300, 300] } // it is judged long before it is stored
    world.store.faults = { ...world.store.faults, late: 1 }
    const committing = avout.dosync((tx) => tx.alter(n, add, 1))
    await world.pass(1)
    world.store.faults = { ...world.store.faults, late: 0 }
    expect(await world.wait(committing)).toBe(11)
    await world.pass(1_000)
    expect(await world.wait(n.deref())).toBe(11)
    expect(await world.wait(avout.dosync((tx) => tx.alter(n, add, 1)))).toBe(12)
    expect(world.records()).toHaveLength(5) // founding, three records, and a copy
    const cold = await world.connect()
    expect(await world.wait(cold.ref('/n', 0, { in: home }).deref())).toBe(12)
  })

  it('and was lost at first, does not count the second time: its transaction has run again', async () => {
    const { world, wait, a, n, bn } = await clients()
    await wait(n.deref())
    const releaseFirst = world.holdAppend()
    const first = a.dosync((tx) => tx.alter(n, add, 1))
    await world.pass()
    world.store.faults = { ...world.store.faults, duplicate: 1, lateBy: [50, 50] }
    const second = a.dosync((tx) => tx.alter(n, add, 10)) // overtakes the first, which it stands on, and will be repeated
    await world.pass()
    world.store.calm()
    const releaseAgain = world.holdAppend()
    releaseFirst()
    await world.pass(100) // the copy lands where its expectations would hold
    releaseAgain()
    await wait(Promise.all([first, second]))
    expect(await wait(bn.deref())).toBe(11)
    expect(await wait(n.deref())).toBe(11)
    expect(new Set(world.records()).size).toBeLessThan(world.records().length)
  })

  it('counts where it stands first, for every client', async () => {
    const { world, wait, a, b, n, bn } = await clients({ duplicate: 1, lateBy: [20, 20] })
    const told: number[][] = []
    bn.addWatch('key', (_key, _ref, old, value) => told.push([old, value]))
    for (let i = 0; i < 3; i++) {
      await wait(a.dosync((tx) => tx.commute(n, add, 1)))
      await world.pass(50)
    }
    await world.pass(1_000)
    expect(await wait(n.deref())).toBe(3)
    expect(told).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
    ])
    const cold = await world.connect()
    expect(await wait(cold.ref('/n', 0).deref())).toBe(3)
    for (const client of [b, cold]) expect(inspect(client).heads()).toEqual(inspect(a).heads())
    expect(new Set(world.records()).size).toBeLessThan(world.records().length)
  })

  it('the second time behind the window, counts no more', async () => {
    const { world, wait, a, n, bn, b } = await clients({}, { founding: { window: 3 } })
    await wait(a.dosync((tx) => tx.set(n, 1)))
    const first = new TextEncoder().encode(world.records().at(-1))
    for (let i = 0; i < 5; i++) await wait(b.dosync((tx) => tx.set(b.ref('/m', 0), i)))
    world.store.plant('test', first)
    await wait(b.dosync((tx) => tx.delete(bn)))
    world.store.plant('test', first)
    for (const ref of [n, bn]) expect(await wait(ref.deref())).toBe(0)
    expect(inspect(a).verdicts).toBe(inspect(b).verdicts)
  })
})

describe('an append that the window has passed', () => {
  it('is given up before it arrives, once the client has replayed that far', async () => {
    const { world, wait, a, b, n } = await clients({}, { founding: { window: 3 } })
    const release = world.holdAppend()
    const committing = a.dosync((tx) => tx.alter(n, add, 1))
    await world.pass()
    for (let i = 0; i < 6; i++) await wait(b.dosync((tx) => tx.set(b.ref('/m', 0), i)))
    await wait(a.ref('/m', 0).deref())
    expect(await wait(committing)).toBe(1)
    release()
    await world.pass(1_000)
    expect(await wait(n.deref())).toBe(1)
    expect(inspect(a).verdicts).toBe(inspect(b).verdicts)
  })

  it('is given up, and its transaction runs again: it commits once', async () => {
    const { world, wait, a, b, n } = await clients({}, { founding: { window: 3 } })
    const release = world.holdAppend()
    const attempts: number[] = []
    const committing = a.dosync((tx) => {
      attempts.push(tx.attempt)
      return tx.alter(n, add, 1)
    })
    await world.pass()
    for (let i = 0; i < 6; i++) await wait(b.dosync((tx) => tx.set(b.ref('/m', 0), i)))
    await world.pass(1_000)
    release()
    expect(await wait(committing)).toBe(1)
    await world.pass(1_000)
    expect(await wait(n.deref())).toBe(1)
  })
})
