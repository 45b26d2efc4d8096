import { describe, expect, it } from 'vitest'
import { inspect } from '../../src/testing/index.js'
import { add, outcomeOf, World } from './world.js'

async function clients(faults = {}, options = {}) {
  const world = new World(faults)
  const [a, b] = await world.pair(options)
  return { world, wait: world.wait, a, b, n: a.ref('/n', 0), bn: b.ref('/n', 0) }
}

describe('an append whose answer got lost', () => {
  it('was committed, and is so once', async () => {
    const { world, wait, a, b, n, bn } = await clients()
    const told: number[] = []
    n.addWatch('key', (_key, _ref, _old, value) => told.push(value))
    for (let i = 1; i <= 3; i++) {
      world.store.loseNextAck()
      expect(await wait(a.dosync((tx) => tx.alter(n, add, 1)))).toBe(i)
    }
    expect(await wait(bn.deref())).toBe(3)
    expect(told).toEqual([1, 2, 3])
    expect(inspect(a).verdicts).toBe(inspect(b).verdicts)
  })

  it('lost to a rival, is run again', async () => {
    const { world, wait, a, b, n, bn } = await clients()
    world.rival(() => b.dosync((tx) => tx.alter(bn, add, 10)))
    world.store.loseNextAck()
    expect(await wait(a.dosync((tx) => tx.alter(n, add, 1)))).toBe(11)
    expect(await wait(bn.deref())).toBe(11)
  })

  it('while the store is away: it goes on when that is back', async () => {
    const { world, wait, a, n, bn } = await clients()
    world.store.loseNextAck()
    const committing = a.dosync((tx) => tx.alter(n, add, 1))
    await world.pass(1)
    world.store.down = true
    await world.pass(5_000)
    world.store.down = false
    expect(await wait(committing)).toBe(1)
    expect(await wait(bn.deref())).toBe(1)
  })

  it('until the timeout, is an unknown outcome', async () => {
    const { world, wait, a, n } = await clients()
    world.store.faults = { ...world.store.faults, lost: 1 }
    const committing = outcomeOf(a.dosync((tx) => tx.alter(n, add, 1), { timeout: 2_000, id: 'mine' }))
    expect(await wait(committing)).toMatchObject({ error: { kind: 'unknown', id: 'mine' } })
    world.store.calm()
    await world.pass(5_000)
    expect(await wait(a.outcome('mine'))).toBe('committed') // it was sent again all the while
    expect(await wait(n.deref())).toBe(1)
  })
})

describe('an append that never arrived', () => {
  it('is sent again', async () => {
    const { world, wait, a, n } = await clients()
    world.store.faults = { ...world.store.faults, lost: 1 }
    const committing = a.dosync((tx) => tx.alter(n, add, 1))
    await world.pass(150)
    world.store.calm()
    expect(await wait(committing)).toBe(1)
    expect(await wait(n.deref())).toBe(1)
  })

  it('until now: late, and again: counts once', async () => {
    const { world, wait, a, n, bn } = await clients()
    world.store.faults = { ...world.store.faults, late: 1, lateBy: [300, 300] }
    const committing = a.dosync((tx) => tx.alter(n, add, 1))
    await world.pass(50)
    world.store.calm()
    expect(await wait(committing)).toBe(1)
    await world.pass(5_000)
    await wait(a.dosync((tx) => tx.alter(n, add, 1)))
    expect(await wait(bn.deref())).toBe(2)
  })
})
