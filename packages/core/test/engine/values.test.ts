import { describe, expect, it } from 'vitest'
import { ValueError } from '../../src/index.js'
import { World } from './world.js'

async function clients() {
  const world = new World()
  const [a, b] = await world.pair()
  return { world, wait: world.wait, a, b }
}

describe('values', () => {
  it.each([
    ['null', null],
    ['a date', new Date(1_234)],
    ['a map', new Map([['a', { n: 1 }]])],
    ['a set', new Set([1, 2])],
    ['a bigint', 12345678901234567890n],
    ['bytes', new Uint8Array([0, 255])],
    ['text with a NUL and half a pair', 'a\0b\ud800'],
    ['nested', [{ list: [new Date(0), { deep: [null, true] }] }]],
    ['a key that means something to objects', JSON.parse('{"__proto__":{"polluted":true},"constructor":1}')],
  ])('%s comes to every client as it was', async (_name, value) => {
    const { wait, a, b } = await clients()
    await wait(a.dosync((tx) => tx.set(a.ref<unknown>('/value', 0), value)))
    for (const client of [a, b]) {
      const back = await wait(client.ref<unknown>('/value', 0).deref())
      expect(back).toEqual(value)
      if (typeof value === 'object' && value !== null) expect(Object.keys(back as object)).toEqual(Object.keys(value))
    }
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  it('undefined is refused, with the ref and where in the value', async () => {
    const { world, wait, a } = await clients()
    const records = world.records().length
    const refuse = (value: unknown) =>
      wait(a.dosync((tx) => tx.set(a.ref<unknown>('/value', 0), value)).catch((failure: unknown) => failure))
    const whole = await refuse(undefined)
    expect(whole).toBeInstanceOf(ValueError)
    expect(whole).toMatchObject({ code: 'AVOUT_VALUE', ref: '/value', path: '' })
    const inside = await refuse({ list: [1, { x: undefined }] })
    expect(inside).toBeInstanceOf(ValueError)
    expect(inside).toMatchObject({ ref: '/value', path: expect.stringMatching(/list.*1.*x/) })
    expect(await refuse(() => 1)).toBeInstanceOf(ValueError)
    expect(world.records()).toHaveLength(records)
    expect(() => a.ref('/other', undefined as unknown as string)).toThrow(TypeError)
  })

  it('are refused where a function answers undefined', async () => {
    const { wait, a } = await clients()
    const n = a.ref<number>('/n', 0)
    const nothing = (() => undefined) as unknown as () => number
    for (const operation of ['alter', 'commute'] as const) {
      await expect(wait(a.dosync((tx) => tx[operation](n, nothing)))).rejects.toBeInstanceOf(ValueError)
    }
  })

  it('are frozen, and so is the initial value', async () => {
    const { wait, a, b } = await clients()
    const initial = { list: [{ n: 0 }] }
    const ref = a.ref('/value', initial)
    expect(Object.isFrozen((await wait(ref.deref())).list[0])).toBe(true)
    const written = await wait(a.dosync((tx) => tx.alter(ref, ({ list }) => ({ list: [...list, { n: 1 }] }))))
    expect(Object.isFrozen(written.list[1])).toBe(true)
    const back = await wait(b.ref('/value', initial).deref())
    expect(() => back.list.push({ n: 2 })).toThrow(TypeError)
    expect(back.list).toHaveLength(2)
  })

  it('that cannot be frozen are guarded, and apart from what was given', async () => {
    const { wait, a } = await clients()
    const ref = a.ref('/map', new Map([['a', 1]]))
    const initial = await wait(ref.deref())
    expect(() => initial.set('b', 2)).toThrow(TypeError)
    await wait(
      a.dosync(async (tx) => {
        const given = new Map([['c', 3]])
        tx.set(ref, given)
        given.set('d', 4)
        const read = await tx.get(ref)
        expect(() => read.clear()).toThrow(TypeError)
      }),
    )
    expect(await wait(ref.deref())).toEqual(new Map([['c', 3]]))
  })
})
