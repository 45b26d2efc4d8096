import { describe, expect, it } from 'vitest'
import { ValidationError } from '../../src/index.js'
import { World } from './world.js'

async function client() {
  const world = new World()
  const avout = await world.connect()
  return { world, wait: world.wait, avout }
}

describe('setValidator', () => {
  it('checks the current value too, and keeps the old validator where that does not pass', async () => {
    const { wait, avout } = await client()
    const n = avout.ref('/n', 0, { validate: (value) => value < 10 })
    await expect(wait(n.setValidator((value) => value > 0))).rejects.toBeInstanceOf(ValidationError)
    await expect(wait(avout.dosync((tx) => tx.set(n, 10)))).rejects.toBeInstanceOf(ValidationError)
    await wait(avout.dosync((tx) => tx.set(n, 5)))
    await wait(n.setValidator((value) => value > 0))
    await wait(avout.dosync((tx) => tx.set(n, 10)))
    await expect(wait(avout.dosync((tx) => tx.set(n, 0)))).rejects.toBeInstanceOf(ValidationError)
  })

  it('checks the value that others have committed', async () => {
    const world = new World({ pushLost: 1 })
    const [a, b] = await world.pair()
    const n = a.ref('/n', 1)
    await world.wait(b.dosync((tx) => tx.set(b.ref('/n', 1), -1)))
    await expect(world.wait(n.setValidator((value) => value > 0))).rejects.toBeInstanceOf(ValidationError)
  })

  it('of null takes it away', async () => {
    const { wait, avout } = await client()
    const n = avout.ref('/n', 0, { validate: () => false })
    await wait(n.setValidator(null))
    await wait(avout.dosync((tx) => tx.set(n, 1)))
    expect(await wait(n.deref())).toBe(1)
  })

  it('guards a local ref as well', async () => {
    const { wait, avout } = await client()
    const local = avout.localRef(1)
    await expect(wait(local.setValidator((value) => value > 1))).rejects.toBeInstanceOf(ValidationError)
    await wait(local.setValidator((value) => value > 0))
    await expect(wait(avout.dosync((tx) => tx.set(local, 0)))).rejects.toBeInstanceOf(ValidationError)
    expect(await wait(local.deref())).toBe(1)
    const mixed = avout.dosync((tx) => {
      tx.set(avout.ref('/n', 0), 1)
      tx.set(local, 0)
    })
    await expect(wait(mixed)).rejects.toBeInstanceOf(ValidationError)
    expect(await wait(avout.ref('/n', 0).deref())).toBe(0)
  })
})
