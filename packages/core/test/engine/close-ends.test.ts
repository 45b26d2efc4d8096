import { describe, expect, it } from 'vitest'
import { ClosedError } from '../../src/index.js'
import { inspect } from '../../src/testing/index.js'
import { add, REALM, World } from './world.js'

async function client() {
  const world = new World()
  const avout = await world.connect()
  return { world, wait: world.wait, avout, n: avout.ref('/n', 0) }
}

describe('the end of a client', () => {
  it('flushes what is on its way to its container', async () => {
    const world = new World()
    const home = world.another('elsewhere')
    const avout = await world.connect({ materialize: 'background' })
    const n = avout.ref('/n', 0, { in: home })
    await world.wait(avout.dosync((tx) => tx.set(n, 1)))
    home.faults = { ...home.faults, delay: [500, 500] }
    await world.wait(avout.dosync((tx) => tx.set(n, 2)))
    await world.wait(avout.close())
    expect(home.peek(REALM, '/n', inspect(avout).heads().get('/n')?.version as string)).toBe(2)
  })

  it('ends its sessions, and leaves nothing that would happen', async () => {
    const world = new World()
    const home = world.another('elsewhere')
    const avout = await world.connect()
    const n = avout.ref('/n', 0, { in: home })
    n.addWatch('key', () => {})
    await world.wait(avout.dosync((tx) => tx.set(n, 1)))
    home.down = true
    await world.wait(avout.dosync((tx) => tx.set(n, 2)))
    await world.wait(avout.close({ drain: 1_000 }))
    expect(world.scheduler.now).toBe(1_000)
    expect(await world.scheduler.run({ limit: 1_000 })).toBe('idle')
  })

  it('twice is once', async () => {
    const { world, wait, avout } = await client()
    await wait(Promise.all([avout.close(), avout.close(), avout[Symbol.asyncDispose]()]))
    await wait(avout.close())
    expect(await world.scheduler.run({ limit: 1_000 })).toBe('idle')
  })

  it('is what disposing does', async () => {
    const { wait, avout, n } = await client()
    const inside = (async () => {
      await using disposed = avout
      return disposed.dosync((tx) => tx.alter(n, add, 1))
    })()
    expect(await wait(inside)).toBe(1)
    await expect(wait(n.deref())).rejects.toBeInstanceOf(ClosedError)
  })

  it('leaves other clients of the store alone', async () => {
    const world = new World()
    const [a, b] = await world.pair()
    await world.wait(a.close())
    await world.wait(b.dosync((tx) => tx.set(b.ref('/n', 0), 1)))
    expect(await world.wait(b.ref('/n', 0).deref())).toBe(1)
  })
})
