import { describe, expect, it } from 'vitest'
import { inspect } from '../../src/testing/index.js'
import { add, REALM, World } from './world.js'

/** What the store of the log shows for a ref, and what it holds of it. */
function shownBy({ store }: World) {
  return {
    shown: (ref: string) => store.current(REALM).now.get(ref)?.value,
    positions: (ref: string) =>
      store
        .current(REALM)
        .shown.filter((head) => head.ref === ref)
        .map(({ position }) => position),
    versionsOf: (ref: string) => store.holdings(REALM).get(ref)?.size ?? 0,
  }
}

describe('a store whose append takes values along', () => {
  it('has them when dosync resolves', async () => {
    const world = new World({}, { together: true })
    const a = await world.connect()
    const n = a.ref('/n', 0)
    await world.wait(a.dosync((tx) => tx.set(n, 1)))
    expect(world.store.peek(REALM, '/n', inspect(a).heads().get('/n')?.version as string)).toBe(1)
  })

  it('gets them by themselves where the append was applied and its answer got lost', async () => {
    const world = new World({}, { together: true })
    const [a, b] = await world.pair()
    const n = a.ref('/n', 0)
    world.store.faults = { ...world.store.faults, partial: 1 }
    const committing = a.dosync(async (tx) => {
      await tx.alter(n, add, 1)
      await tx.alter(a.ref('/m', 0), add, 1)
    })
    await world.wait(committing)
    world.store.calm()
    await world.wait(a.flush())
    for (const ref of ['/n', '/m']) {
      expect(world.store.peek(REALM, ref, inspect(a).heads().get(ref)?.version as string), ref).toBe(1)
    }
    expect(await world.wait(b.ref('/n', 0).deref())).toBe(1)
  })

  it('is not waited for by who did not ask for it', async () => {
    const world = new World({ patience: 1_000 }, { together: true })
    const a = await world.connect()
    const n = a.ref('/n', 0)
    world.store.loseNextAck()
    const before = world.scheduler.now
    const other = await world.connect()
    const committing = a.dosync((tx) => tx.set(n, 1), { materialize: 'background' })
    await world.pass(1)
    await world.wait(other.ref('/n', 0).deref())
    await world.wait(committing)
    expect(world.scheduler.now - before).toBeLessThan(1_100)
  })
})

describe('a view of current values', () => {
  it('follows what is committed, by the newest head of each ref', async () => {
    const world = new World({}, { showsCurrent: true })
    const a = await world.connect()
    const { shown, positions } = shownBy(world)
    const n = a.ref('/n', 0)
    for (let i = 0; i < 10; i++) await world.wait(a.dosync((tx) => tx.alter(n, add, 1)))
    await world.pass(1_000)
    expect(shown('/n')).toBe(10)
    expect(positions('/n').length).toBeLessThan(10)
  })

  it('shows a deletion, and values that the log does not carry', async () => {
    const world = new World({}, { showsCurrent: true })
    const a = await world.connect({ founding: { inlineLimit: 10 } })
    const { shown } = shownBy(world)
    const [gone, long] = [a.ref('/gone', ''), a.ref('/long', '')]
    await world.wait(a.dosync((tx) => tx.set(gone, 'x')))
    await world.wait(a.flush())
    expect(shown('/gone')).toBe('x')
    await world.wait(
      a.dosync((tx) => {
        tx.delete(gone)
        tx.set(long, 'x'.repeat(100))
      }),
    )
    await world.wait(a.flush())
    expect(world.store.current(REALM).now.get('/gone')).toMatchObject({ value: undefined })
    expect(shown('/long')).toBe('x'.repeat(100))
  })

  it('is brought up to date by another client when the one that committed has died', async () => {
    const world = new World({}, { showsCurrent: true })
    const [a, b] = await world.pair({ founding: { inlineLimit: 10 } })
    const { shown } = shownBy(world)
    await world.wait(
      a.dosync((tx) => {
        tx.set(a.ref('/n', 0), 7)
        tx.set(a.ref('/long', ''), 'y'.repeat(100))
      }),
    )
    world.crash(a)
    await world.pass(2_000)
    expect(shown('/n')).toBeUndefined()
    await world.wait(b.flush())
    expect([shown('/n'), shown('/long')]).toEqual([7, 'y'.repeat(100)])
  })

  it('is up to date when the client is closed', async () => {
    const world = new World({}, { showsCurrent: true })
    const a = await world.connect()
    await world.wait(a.dosync((tx) => tx.set(a.ref('/n', 0), 1)))
    await world.wait(a.close())
    expect(shownBy(world).shown('/n')).toBe(1)
  })

  it('never ends a flush late, however much is committed meanwhile', async () => {
    const world = new World({ delay: [1, 1] }, { showsCurrent: true })
    const a = await world.connect()
    const n = a.ref('/n', 0)
    let flushed = false
    const committing = (async () => {
      while (!flushed) await a.dosync((tx) => tx.alter(n, add, 1))
    })()
    await world.pass(10)
    const began = world.scheduler.now
    await world.wait(a.flush())
    flushed = true
    expect(world.scheduler.now - began).toBeLessThan(100)
    await world.wait(committing)
  })
})

describe('a store whose values follow behind', () => {
  it('holds up no commit, and gets the newest version of each ref within its time', async () => {
    const world = new World({}, { behind: 50, showsCurrent: true })
    const a = await world.connect()
    const { shown, versionsOf } = shownBy(world)
    const n = a.ref('/n', 0)
    for (let i = 0; i < 10; i++) await world.wait(a.dosync((tx) => tx.alter(n, add, 1)))
    expect(versionsOf('/n')).toBe(0)
    await world.pass(60)
    expect(versionsOf('/n')).toBe(1)
    expect(world.store.peek(REALM, '/n', inspect(a).heads().get('/n')?.version as string)).toBe(10)
    await world.wait(a.flush())
    expect(shown('/n')).toBe(10)
  })

  it('gets values above the inline limit at once: the log does not have them', async () => {
    const world = new World({}, { behind: 50 })
    const a = await world.connect({ founding: { inlineLimit: 10 } })
    await world.wait(a.dosync((tx) => tx.set(a.ref('/long', ''), 'z'.repeat(100))))
    expect(world.store.peek(REALM, '/long', inspect(a).heads().get('/long')?.version as string)).toBe('z'.repeat(100))
  })
})
