import { describe, expect, it } from 'vitest'
import type { Backend, Data } from '../../src/backend.js'
import { type Change, ConflictError, OutcomeUnknownError, UnavailableError, ValidationError } from '../../src/index.js'
import { add, outcomeOf, REALM, World } from '../engine/world.js'

/** The store without compare-and-set: the four functions alone. */
function plain(store: Backend<any>): Backend<any> {
  return {
    specificationVersion: 1,
    id: 'plain',
    open: async (context) => {
      const session = await store.open(context)
      return {
        ping: () => session.ping(),
        close: () => session.close(),
        state: (name: string) => {
          const { compareAndSetState: _cas, watchState: _watch, ...four } = session.state(name)
          return four
        },
      }
    },
  }
}

/** The store with a rival who sets the value just before everybody else. */
function contended(store: Backend<any>): Backend<any> {
  let rival = 1_000
  return {
    specificationVersion: 1,
    id: 'contended',
    open: async (context) => {
      const session = await store.open(context)
      const state = (name: string) => {
        const inner = session.state(name)
        const compareAndSetState: typeof inner.compareAndSetState = async (expected: Data, value: Data) => {
          await inner.setState(++rival)
          return inner.compareAndSetState(expected, value)
        }
        return { ...inner, compareAndSetState }
      }
      return { ...session, state }
    },
  }
}

const conj = (items: readonly number[], item: number): readonly number[] => [...items, item]

describe('an atom', () => {
  it('reads as its initial value until somebody sets it, and is one value for all clients', async () => {
    const world = new World()
    const [a, b] = await world.pair()
    const [n, m] = [a.atom('/n', 5), b.atom('/n', 5)]
    expect(await world.wait(n.deref())).toBe(5)
    expect(await world.wait(n.swap(add, 2))).toBe(7)
    expect(await world.wait(m.deref())).toBe(7)
    expect(await world.wait(m.swapVals(add, 3))).toEqual([7, 10])
    expect(await world.wait(n.reset(1))).toBe(1)
    expect(await world.wait(m.deref())).toBe(1)
  })

  it('loses no change of several clients, whatever the interleaving', async () => {
    const world = new World({ delay: [1, 10] })
    const [a, b] = await world.pair()
    const changes = [a, b].flatMap((client, c) =>
      Array.from({ length: 20 }, (_, i) => client.atom<readonly number[]>('/items', []).swap(conj, c * 100 + i)),
    )
    await world.wait(Promise.all(changes))
    const items = await world.wait(a.atom<readonly number[]>('/items', []).deref())
    expect([...items].sort((x, y) => x - y)).toEqual([
      ...Array(20).keys(),
      ...[...Array(20).keys()].map((i) => 100 + i),
    ])
  })

  it('takes the changes of one client together: as many round trips as batches, not as callers', async () => {
    const world = new World({ delay: [1, 1] })
    const a = await world.connect()
    const n = a.atom('/n', 0)
    await world.wait(n.swap(add, 1))
    const before = world.scheduler.now
    const results = await world.wait(Promise.all(Array.from({ length: 100 }, () => n.swap(add, 1))))
    expect(results).toEqual(Array.from({ length: 100 }, (_, i) => i + 2))
    expect(world.scheduler.now - before).toBeLessThanOrEqual(2)
  })

  it('compares by value', async () => {
    const world = new World()
    const [a, b] = await world.pair()
    const [x, y] = [a.atom('/x', { a: 1, b: 2 }), b.atom('/x', { a: 1, b: 2 })]
    expect(await world.wait(x.compareAndSet({ b: 2, a: 1 }, { a: 2, b: 2 }))).toBe(true)
    expect(await world.wait(y.compareAndSet({ a: 1, b: 2 }, { a: 9, b: 9 }))).toBe(false)
    expect(await world.wait(y.compareAndSet({ a: 2, b: 2 }, { a: 3, b: 3 }))).toBe(true)
    expect(await world.wait(x.compareAndSet({ a: 2, b: 2 }, { a: 4, b: 4 }))).toBe(false)
    expect(await world.wait(x.deref())).toEqual({ a: 3, b: 3 })
  })

  it('is read anew each time, or as stale as was asked for, but never older than the own change', async () => {
    const world = new World({ delay: [1, 1] })
    const [a, b] = await world.pair()
    const [n, m] = [a.atom('/n', 0), b.atom('/n', 0)]
    await world.wait(n.deref())
    await world.wait(m.swap(add, 1))
    expect(await world.wait(n.deref({ staleness: 1_000 }))).toBe(0)
    expect(await world.wait(n.deref())).toBe(1)
    // A read that began before the change may be answered after it.
    world.store.faults = { ...world.store.faults, delay: [1, 10] }
    for (let i = 2; i < 200; i++) {
      await world.wait(Promise.all([n.deref(), n.swap(add, 1)]))
      expect(await world.wait(n.deref({ staleness: 1_000 }))).toBe(i)
    }
  })

  it('refuses what its validator refuses, and what f throws, without a change', async () => {
    const world = new World()
    const a = await world.connect()
    const stock = a.atom('/stock', 1, { validate: (n) => n >= 0 })
    await world.wait(stock.swap(add, -1))
    expect(await world.wait(outcomeOf(stock.swap(add, -1)))).toMatchObject({ error: expect.any(ValidationError) })
    const error = new Error('no')
    const throwing = stock.swap(() => {
      throw error
    })
    expect(await world.wait(outcomeOf(throwing))).toEqual({ error })
    expect(await world.wait(outcomeOf(stock.reset(undefined as never)))).toMatchObject({
      error: { code: 'AVOUT_VALUE' },
    })
    expect(await world.wait(stock.deref())).toBe(0)
  })

  it('judges what is refused by the newest value, not by the one that is known', async () => {
    const world = new World({ delay: [1, 1] })
    const [a, b] = await world.pair()
    const [here, there] = [a, b].map((client) => client.atom('/stock', 0, { validate: (n) => n >= 0 })) as [any, any]
    await world.wait(here.deref())
    await world.wait(there.reset(5))
    expect(await world.wait(here.swap(add, -1))).toBe(4)
  })

  it('says that it is not known, when the store was asked and did not answer', async () => {
    const world = new World()
    const a = await world.connect()
    const n = a.atom('/n', 0)
    await world.wait(n.swap(add, 1))
    world.store.faults = { ...world.store.faults, answerLost: 1 }
    const swapping = outcomeOf(n.swap(add, 1))
    expect(await world.wait(swapping)).toMatchObject({ error: expect.any(OutcomeUnknownError) })
    expect(await world.wait(outcomeOf(n.deref()))).toMatchObject({ error: expect.any(UnavailableError) })
    world.store.calm()
    expect(await world.wait(n.deref())).toBe(2)
  })

  it('gives up in time against others, and says so', async () => {
    const world = new World({ delay: [1, 1] })
    const home = contended(world.another('contended'))
    const a = await world.connect({ timeout: 50, backends: [home] })
    const n = a.atom('/n', 0, { in: home })
    const outcome = await world.wait(outcomeOf(n.swap(add, 1)))
    expect(outcome).toMatchObject({ error: expect.any(ConflictError) })
    expect(outcome).toMatchObject({
      error: { refs: ['/n'], message: expect.stringContaining('/n was changed by others') },
    })
  })
})

describe('watches of an atom', () => {
  it('hear of own changes each, and of those of others', async () => {
    const world = new World({ delay: [1, 1] })
    const [a, b] = await world.pair()
    const [n, m] = [a.atom('/n', 0), b.atom('/n', 0)]
    const heard: Change<number>[] = []
    n.addWatch('all', (key, atom, old, value, change) => {
      expect([key, atom, old, value]).toEqual(['all', n, change.old, change.value])
      heard.push(change)
    })
    await world.pass(10)
    await world.wait(Promise.all([n.swap(add, 1), n.swap(add, 1)]))
    expect(heard.map(({ old, value, resync }) => [old, value, resync])).toEqual([
      [0, 1, false],
      [1, 2, false],
    ])
    await world.wait(m.swap(add, 5))
    await world.pass(1_000)
    expect(heard.slice(2).map(({ old, value, resync }) => [old, value, resync])).toEqual([[2, 7, true]])
    expect(heard.map(({ position }) => position)).toEqual([1, 2, 3])
    n.removeWatch('all')
    await world.wait(n.swap(add, 1))
    expect(heard).toHaveLength(3)
    await world.wait(a.close())
  })

  it('hear of each change on top of the one before, whatever is answered first', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const world = new World({ delay: [1, 10] }, {}, seed)
      const clients = await world.pair()
      const heard = clients.map(() => [] as Change<number>[])
      const all = clients.map(async (client, c) => {
        const n = client.atom('/n', 0)
        n.addWatch('all', (_key, _atom, _old, _value, change) => heard[c]?.push(change))
        await n.deref()
        for (let i = 0; i < 10; i++) await Promise.all([n.swap(add, 1), n.deref(), n.swap(add, 1)])
      })
      await world.wait(Promise.all(all))
      await world.pass(1_000)
      for (const changes of heard) {
        expect(changes.map(({ old }) => old).slice(1)).toEqual(changes.map(({ value }) => value).slice(0, -1))
        for (const { old, value } of changes) expect(value).toBeGreaterThan(old)
        expect(changes.at(-1)?.value).toBe(40)
      }
    }
  })

  it('hear of changes although the store tells of none', async () => {
    const world = new World()
    const home = plain(world.another('plain'))
    const [a, b] = await world.pair({ backends: [home] })
    const [n, m] = [a.atom('/n', 0, { in: 'plain' }), b.atom('/n', 0, { in: 'plain' })]
    const changes = n.changes()[Symbol.asyncIterator]()
    await world.pass(10)
    await world.wait(m.swap(add, 3))
    expect(await world.wait(changes.next())).toMatchObject({ value: { old: 0, value: 3, resync: true } })
    await world.wait(a.close())
    await expect(changes.next()).rejects.toMatchObject({ code: 'AVOUT_CLOSED' })
  })
})

describe('an atom in a store without compare-and-set', () => {
  it('is changed under a lock of the coordinator', async () => {
    const world = new World({ delay: [1, 3] })
    const home = plain(world.another('plain'))
    const [a, b] = await world.pair({ backends: [home] })
    const changes = [a, b].flatMap((client) => {
      const n = client.atom('/n', 0, { in: 'plain' })
      return Array.from({ length: 10 }, async () => {
        await n.swap(add, 1)
        return n.swap(add, 1)
      })
    })
    await world.wait(Promise.all(changes))
    expect(await world.wait(a.atom('/n', 0, { in: 'plain' }).deref())).toBe(40)
  })
})

describe('declaring an atom', () => {
  it('gives one handle a name, and refuses another home, initial value or option', async () => {
    const world = new World()
    const other = world.another('other')
    const a = await world.connect({ backends: [other] })
    const n = a.atom('/n', 0)
    expect(a.atom('/n', 0)).toBe(n)
    expect(() => a.atom('/n', 1)).toThrow(/initial value 0, and now with the initial value 1/)
    expect(() => a.atom('/n', 0, { in: 'other' })).toThrow(/"sim", and now to live in "other"/)
    expect(() => a.atom('/n', 0, { in: 'nowhere' })).toThrow(/none of this client's backends/)
    expect(() => a.atom('/n', 0, { wherever: 1 } as object)).toThrow(/unknown option "wherever"/)
    expect(() => a.atom('', 0)).toThrow(/is empty/)
  })

  it('is refused where there is no state, or no way to change it safely', async () => {
    const world = new World()
    const home = plain(world.another('plain'))
    const open: Backend<any>['open'] = async (context) => ({
      ...(await world.store.open(context)),
      state: undefined,
      lock: undefined,
    })
    const coordinator: Backend<'log'> = { specificationVersion: 1, id: 'bare', open: open as Backend<'log'>['open'] }
    const a = await world.connect({ coordinator, backends: [home], realm: REALM })
    expect(() => a.atom('/n', 0)).toThrow(/keeps no plain state/)
    const swapping = outcomeOf(a.atom('/n', 0, { in: 'plain' }).swap(add, 1))
    expect(await world.wait(swapping)).toMatchObject({ error: { code: 'AVOUT_NO_LOCK' } })
  })

  it('ends with its client', async () => {
    const world = new World()
    const a = await world.connect()
    const n = a.atom('/n', 0)
    await world.wait(a.close())
    await expect(n.deref()).rejects.toMatchObject({ code: 'AVOUT_CLOSED' })
    await expect(n.swap(add, 1)).rejects.toMatchObject({ code: 'AVOUT_CLOSED' })
    expect(() => n.addWatch('x', () => undefined)).toThrow(/closed/)
  })
})

describe('a counter', () => {
  it('gives every number once', async () => {
    const world = new World({ delay: [1, 5] })
    const [a, b] = await world.pair()
    const numbers = await world.wait(
      Promise.all([a, b].flatMap((client) => Array.from({ length: 10 }, () => client.counter('/orders').next()))),
    )
    expect(new Set(numbers).size).toBe(20)
    expect(await world.wait(a.counter('/orders').next(10))).toBe(30)
    expect(await world.wait(b.counter('/orders').current())).toBe(30)
    expect(() => a.counter('')).toThrow(/is empty/)
  })
})
