import { describe, expect, it } from 'vitest'
import { add, World } from './world.js'

describe('a record that overtook the one that it stands on', () => {
  it('is lost, and waits for that one before it is sent again', async () => {
    const world = new World()
    const { wait } = world
    const avout = await world.connect()
    const [n, m] = [avout.ref('/n', 0), avout.ref('/m', 0)]
    const release = world.holdAppend()
    const first = avout.dosync((tx) => tx.set(n, 1))
    await world.pass()
    const attempts: number[] = []
    const second = avout.dosync(async (tx) => {
      attempts.push(tx.attempt)
      tx.set(m, await tx.get(n))
    })
    await world.pass(50)
    release()
    await wait(Promise.all([first, second]))
    expect(await wait(avout.read((tx) => tx.getAll([n, m])))).toEqual([1, 1])
    expect(world.records().length).toBeLessThan(8)
    expect(attempts.length).toBeLessThan(4)
  })

  it('with a commute does the same', async () => {
    const world = new World()
    const { wait } = world
    const avout = await world.connect()
    const n = avout.ref('/n', 0)
    const release = world.holdAppend()
    const first = avout.dosync((tx) => tx.set(n, 10))
    await world.pass()
    const second = avout.dosync((tx) => tx.commute(n, add, 1))
    await world.pass(50)
    release()
    await wait(Promise.all([first, second]))
    expect([10, 11]).toContain(await wait(n.deref()))
    expect(world.records().length).toBeLessThan(8)
  })
})
