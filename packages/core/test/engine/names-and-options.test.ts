import { describe, expect, it } from 'vitest'
import type { Backend } from '../../src/backend.js'
import { type ConnectOptions, defineFamily, defineRef, type TxOptions } from '../../src/index.js'
import { World } from './world.js'

const usage = (code: string) => expect.objectContaining({ name: 'TypeError', code })

describe('a name', () => {
  it.each([
    ['empty', ''],
    ['with a NUL', 'a\0b'],
    ['with half a surrogate pair', 'a\ud800'],
    ['with the other half', '\udc00a'],
    ['longer than 512 bytes', 'é'.repeat(257)],
    ['a number', 5 as unknown as string],
    ['absent', undefined as unknown as string],
  ])('that is %s is refused', async (_what, name) => {
    const world = new World()
    const avout = await world.connect()
    expect(() => defineRef(name, 0)).toThrow(usage('AVOUT_NAME'))
    expect(() => defineFamily(name, 0)).toThrow(usage('AVOUT_NAME'))
    expect(() => defineFamily('/f', 0)(name)).toThrow(usage('AVOUT_NAME'))
    expect(() => avout.family('/f', 0)(name)).toThrow(usage('AVOUT_NAME'))
    if (typeof name === 'string') expect(() => avout.ref(name, 0)).toThrow(usage('AVOUT_NAME'))
  })

  it('that begins with "~" is kept for what stands beside the refs', () => {
    expect(() => defineRef('~log', 0)).toThrow(usage('AVOUT_NAME'))
    expect(() => defineFamily('~log', 0)).toThrow(usage('AVOUT_NAME'))
    expect(defineFamily('/f', 0)('~key').name).toBe('/f/~key')
  })

  it('of a family and its key must be one together', () => {
    expect(() => defineFamily('/f', 0)('é'.repeat(255))).toThrow(usage('AVOUT_NAME'))
    expect(defineFamily('/f', 0)('é'.repeat(254)).name).toHaveLength(257)
  })

  it.each(['__proto__', 'constructor', '/ü/😀', ' ', '\n"\\', 'é'.repeat(256), '/~', '*'])(
    '%j is one',
    async (name) => {
      const world = new World()
      const [a, b] = await world.pair()
      await world.wait(a.dosync((tx) => [tx.set(a.ref(name, 0), 1), tx.set(a.ref('/other', 0), 2)].length))
      await world.wait(a.dosync((tx) => tx.alter(a.ref(name, 0), (n) => n + 1)))
      expect(await world.wait(b.ref(name, 0).deref())).toBe(2)
      expect(await world.wait(b.dosync((tx) => tx.has(b.ref(name, 0))))).toBe(true)
    },
  )
})

describe('an option', () => {
  it.each([
    { timeOut: 5 },
    { timeout: -1 },
    { timeout: Number.NaN },
    { timeout: '5' },
    { maxAttempts: -1 },
    { isolation: 'none' },
    { materialize: true },
    { label: '' },
    { id: 5 },
    { signal: {} },
    { label: null },
  ])('%o of dosync is refused, and the body does not run', async (options) => {
    const world = new World()
    const avout = await world.connect()
    let ran = false
    const refused = avout.dosync(() => {
      ran = true
    }, options as TxOptions)
    await expect(world.wait(refused)).rejects.toEqual(usage('AVOUT_OPTION'))
    expect(ran).toBe(false)
  })

  it.each([
    { coordinater: 1 },
    { realm: '' },
    { backends: {} },
    { staleness: -1 },
    { founding: 5 },
    { founding: { window: 0 } },
    { founding: { window: 1.5 } },
    { founding: { inlineLimit: -1 } },
    { founding: { widow: 5 } },
  ])('%o of connect is refused', async (options) => {
    const world = new World()
    await expect(world.connect(options as Partial<ConnectOptions>)).rejects.toEqual(usage('AVOUT_OPTION'))
    expect(world.records()).toHaveLength(0)
  })

  it('that nobody knows of a ref is refused', async () => {
    const avout = await new World().connect()
    expect(() => avout.ref('/n', 0, { validator: () => true } as object)).toThrow(usage('AVOUT_OPTION'))
    expect(() => defineFamily('/n', 0, { home: 'x' } as object)).toThrow(usage('AVOUT_OPTION'))
  })

  it('may be undefined', async () => {
    const world = new World()
    const avout = await world.connect({ name: undefined, timeout: undefined })
    expect(await world.wait(avout.dosync(() => 1, { signal: undefined, timeout: undefined }))).toBe(1)
  })

  it('of a realm must be a name', async () => {
    await expect(new World().connect({ realm: 'a\0' })).rejects.toEqual(usage('AVOUT_NAME'))
  })

  it('coordinator must be one', async () => {
    const world = new World()
    const { id, specificationVersion } = world.store
    for (const coordinator of [undefined, {}, { id, specificationVersion }]) {
      const connecting = world.connect({ coordinator: coordinator as never })
      await expect(connecting).rejects.toBeInstanceOf(TypeError)
    }
  })

  it('coordinator has the parts that it names, and none besides', async () => {
    const world = new World()
    const { store } = world
    const bare: Backend<never> = {
      specificationVersion: 1,
      id: 'bare',
      open: async () => ({ ping: async () => {}, close: async () => {} }),
    }
    for (const part of ['state', 'lock', 'counter']) {
      const connecting = world.connect({ coordinator: { log: store, [part]: bare } as never })
      await expect(connecting).rejects.toThrow(`the backend "bare" is named as the coordinator's ${part}`)
      await expect(connecting).rejects.toEqual(usage('AVOUT_COORDINATOR'))
    }
    const misspelt = world.connect({ coordinator: { log: store, locks: store } as never })
    await expect(misspelt).rejects.toThrow('has no part "locks": there are log, values, lock, counter, state')
    await world.connect({ coordinator: { log: store, lock: undefined as never } })
  })

  it('body must be a function', async () => {
    const world = new World()
    const avout = await world.connect()
    await expect(world.wait(avout.dosync(5 as never))).rejects.toEqual(usage('AVOUT_BODY'))
    await expect(world.wait(avout.read(null as never))).rejects.toEqual(usage('AVOUT_BODY'))
  })
})

describe('founding', () => {
  it('is for the first client; another with other numbers is told', async () => {
    const world = new World()
    await world.connect({ founding: { window: 100, inlineLimit: 1_000 } })
    await world.connect()
    await world.connect({ founding: { window: 100 } })
    for (const founding of [{ window: 99 }, { inlineLimit: 999 }]) {
      const connecting = world.connect({ founding })
      await expect(connecting).rejects.toEqual(usage('AVOUT_FOUNDING'))
      await expect(world.connect({ founding })).rejects.toThrow(/window 100, not 99|inlineLimit 1000, not 999/)
    }
    expect(world.records()).toHaveLength(1)
  })

  it('by two at once is decided by the first in the log', async () => {
    const world = new World()
    const connecting = [10, 20].map((window) => world.connect({ founding: { window } }))
    const outcomes = await Promise.allSettled(connecting)
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const both = await Promise.all([world.connect(), world.connect()])
    expect(await world.wait(both[0].dosync((tx) => tx.get(both[0].ref('/n', 3))))).toBe(3)
  })
})
