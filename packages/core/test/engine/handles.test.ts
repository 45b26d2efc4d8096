import { describe, expect, it } from 'vitest'
import { defineFamily, defineRef, type Tx } from '../../src/index.js'
import { World } from './world.js'

async function clients() {
  const world = new World()
  const elsewhere = world.another('elsewhere')
  const [a, b] = await world.pair()
  return { world, wait: world.wait, a, b, elsewhere }
}

const refused = (code: string) => expect.objectContaining({ name: 'TypeError', code })

describe('a handle', () => {
  it('is one a name and client, however it is asked for', async () => {
    const { a, b } = await clients()
    const list = a.ref('/list', [1, { x: 2 }])
    expect(a.ref('/list', [1, { x: 2 }])).toBe(list)
    expect(a.ref(defineRef('/list', [1, { x: 2 }]))).toBe(list)
    expect(a.ref(list)).toBe(list)
    expect(b.ref('/list', [1, { x: 2 }])).not.toBe(list)
    const stock = defineFamily('/stock', 0)
    expect(a.family(stock)('apple')).toBe(a.ref('/stock/apple', 0))
  })

  it('of another initial value is a TypeError that tells both', async () => {
    const { a } = await clients()
    a.ref('/n', 0)
    expect(() => a.ref('/n', 1)).toThrow(refused('AVOUT_REDECLARED'))
    expect(() => a.ref('/n', 1)).toThrow(/\/n.*0.*1/)
  })

  it('of another home is a TypeError that tells both', async () => {
    const { a, elsewhere } = await clients()
    a.ref('/n', 0)
    expect(() => a.ref('/n', 0, { in: elsewhere })).toThrow(refused('AVOUT_REDECLARED'))
    expect(() => a.ref('/n', 0, { in: elsewhere })).toThrow(/sim.*elsewhere/)
  })

  it('in a backend that the client does not have is a TypeError', async () => {
    const { a, elsewhere } = await clients()
    expect(() => a.ref('/n', 0, { in: 'elsewhere' })).toThrow(refused('AVOUT_BACKEND'))
    a.ref('/m', 0, { in: elsewhere })
    expect(a.ref('/n', 0, { in: 'elsewhere' }).name).toBe('/n')
  })

  it('in a second backend of the same id is a TypeError', async () => {
    const { world, a, elsewhere } = await clients()
    a.ref('/m', 0, { in: elsewhere })
    expect(() => a.ref('/n', 0, { in: world.another('elsewhere') })).toThrow(refused('AVOUT_BACKEND_ID'))
  })

  it('that another client has in another home is told when it is used, and nothing is written', async () => {
    const { world, wait, a, b, elsewhere } = await clients()
    await wait(a.dosync((tx) => tx.set(a.ref('/n', 0), 1)))
    await world.pass()
    const n = b.ref('/n', 0, { in: elsewhere })
    const records = world.records().length
    await expect(wait(n.deref())).rejects.toEqual(refused('AVOUT_HOME'))
    const writes = [(tx: Tx) => tx.set(n, 2), (tx: Tx) => tx.delete(n), (tx: Tx) => tx.commute(n, () => 2)]
    for (const write of writes) {
      await expect(wait(b.dosync<unknown>(write))).rejects.toEqual(refused('AVOUT_HOME'))
    }
    expect(world.records()).toHaveLength(records)
  })

  it('that another client puts in another home meanwhile, too', async () => {
    const { world, wait, a, b, elsewhere } = await clients()
    const n = b.ref('/n', 0, { in: elsewhere })
    world.rival(() => a.dosync((tx) => tx.set(a.ref('/n', 0), 1)))
    await expect(wait(b.dosync((tx) => tx.commute(n, (value) => value + 1)))).rejects.toEqual(refused('AVOUT_HOME'))
    expect(await wait(a.ref('/n', 0).deref())).toBe(1)
  })

  it('of another client is refused', async () => {
    const { wait, a, b } = await clients()
    const foreign = b.ref('/n', 0)
    await expect(wait(a.dosync((tx) => tx.get(foreign)))).rejects.toEqual(refused('AVOUT_FOREIGN_REF'))
    await expect(wait(a.dosync((tx) => tx.set(foreign, 1)))).rejects.toEqual(refused('AVOUT_FOREIGN_REF'))
    expect(() => a.ref(foreign)).toThrow(refused('AVOUT_FOREIGN_REF'))
  })

  it.each([undefined, null, '/n', {}, { kind: 'ref', name: '/n', initial: 0 }])('%o is no ref', async (no) => {
    const { wait, a } = await clients()
    const reading = a.dosync((tx) => tx.get(no as never))
    await expect(wait(reading)).rejects.toEqual(refused('AVOUT_NOT_A_REF'))
  })

  it('of a definition is for every client of the process', async () => {
    const { wait, a, b } = await clients()
    const shared = defineRef('/shared', 0)
    await wait(a.dosync((tx) => tx.set(shared, 1)))
    expect(await wait(b.dosync((tx) => tx.get(shared)))).toBe(1)
  })
})
