import { describe, expect, it } from 'vitest'
import { ClosedError, IncompatibleError } from '../../src/index.js'
import { inspect } from '../../src/testing/index.js'
import { outcomeOf, REALM, World } from './world.js'

const newer: Record<string, (at: { position: number; hash: string }) => object> = {
  'of a newer format': () => ({ f: 2, anything: true }),
  'of an unknown kind': () => ({ f: 1, k: 'teleport' }),
  'with a transaction that has an unknown part': ({ position, hash }) => ({
    ...{ f: 1, c: 'new', n: 1, s: position, h: hash, b: ['sim'] },
    t: [
      [1, [], [['/n', 0, '', 1, 5]]],
      [2, [], [['/m', 0, '', 1, 5]], { z: 1 }],
    ],
  }),
}

describe.each(Object.keys(newer))('a record %s', (what) => {
  const bytes = (at: { position: number; hash: string }) =>
    new TextEncoder().encode(JSON.stringify((newer[what] as (typeof newer)[string])(at)))

  it('stops a client: all that runs and all that comes is told why, and nothing is half-applied', async () => {
    const world = new World()
    const { wait } = world
    const avout = await world.connect()
    const n = avout.ref('/n', 0)
    const parked = outcomeOf(avout.dosync(async (tx) => (await tx.get(n)) || tx.retry()))
    const changing = outcomeOf(n.changes()[Symbol.asyncIterator]().next())
    await world.pass(10)
    const { position } = inspect(avout)
    world.store.plant(REALM, bytes(inspect(avout)))
    await world.pass(2_000)
    const stopped = { error: expect.objectContaining({ kind: 'closed', cause: expect.any(IncompatibleError) }) }
    expect(await wait(parked)).toEqual(stopped)
    expect(await wait(changing)).toEqual(stopped)
    expect(await wait(outcomeOf(avout.dosync((tx) => tx.set(n, 1))))).toEqual(stopped)
    expect(await wait(outcomeOf(n.deref()))).toEqual(stopped)
    expect(() => n.addWatch('key', () => {})).toThrow(ClosedError)
    expect(inspect(avout).position).toBe(position)
    expect([...inspect(avout).heads()]).toEqual([])
    expect(await wait(avout.health())).toMatchObject({ ok: false })
    await wait(avout.close())
    expect(await world.scheduler.run({ limit: 1_000 })).toBe('idle')
  })

  it('stops one that is committing: it cannot know the outcome', async () => {
    const world = new World()
    const avout = await world.connect()
    const n = avout.ref('/n', 0)
    world.store.conflictNext(1, async () => {
      world.store.plant(REALM, bytes(inspect(avout)))
    })
    const error = await world.wait(avout.dosync((tx) => tx.set(n, 1)).catch((failure: unknown) => failure))
    expect(error).toMatchObject({ kind: 'unknown', cause: { kind: 'closed', cause: { kind: 'incompatible' } } })
  })

  it('lets nobody connect', async () => {
    const world = new World()
    const avout = await world.connect()
    world.store.plant(REALM, bytes(inspect(avout)))
    await expect(world.connect()).rejects.toBeInstanceOf(IncompatibleError)
  })
})
