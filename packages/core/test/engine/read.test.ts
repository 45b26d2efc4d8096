import { describe, expect, it } from 'vitest'
import { World } from './world.js'

async function clients() {
  const world = new World()
  const [a, b] = await world.pair()
  return { world, wait: world.wait, a, b, n: a.ref('/n', 0) }
}

describe('read', () => {
  it('sees one moment, and appends nothing', async () => {
    const { world, wait, a, b, n } = await clients()
    const records = world.records().length
    expect(await wait(a.read((tx) => tx.getAll([n, n])))).toEqual([0, 0])
    await wait(b.dosync((tx) => tx.set(b.ref('/n', 0), 1)))
    expect(await wait(a.read((tx) => tx.get(n)))).toBe(1)
    expect(world.records()).toHaveLength(records + 1)
  })

  it('may not write, neither by itself nor by what it calls', async () => {
    const { world, wait, a, n } = await clients()
    const records = world.records().length
    const writes = [
      () => a.read((tx) => (tx as unknown as { set(ref: unknown, value: number): void }).set(n, 1)),
      () => a.read(() => a.dosync((tx) => tx.set(n, 1))),
      () => a.read(() => a.dosync((tx) => tx.set(a.localRef(0), 1))),
    ]
    for (const write of writes) await expect(wait<unknown>(write())).rejects.toBeInstanceOf(TypeError)
    expect(world.records()).toHaveLength(records)
    expect(await wait(n.deref())).toBe(0)
  })
})
