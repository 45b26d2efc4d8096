import { describe, expect, it } from 'vitest'
import { type Avout, defineRef, type Ref, ValidationError } from '../../src/index.js'
import type { StandardSchemaV1 } from '../../src/standard-schema.js'
import { add, World } from './world.js'

async function client() {
  const world = new World()
  const [avout, rival] = await world.pair()
  return { world, wait: world.wait, avout, rival }
}

type Result = StandardSchemaV1.Result<number> | Promise<StandardSchemaV1.Result<number>>

function schema(validate: (value: unknown) => Result): StandardSchemaV1<number> {
  return { '~standard': { version: 1, vendor: 'test', validate } }
}

const positive = schema((value) =>
  (value as number) > 0 ? { value: -1 } : { issues: [{ message: 'not positive', path: ['n'] }] },
)

const refusal = (avout: Avout, ref: Ref<number>, value: number): Promise<unknown> =>
  avout.dosync((tx) => tx.set(ref, value)).catch((error: unknown) => error)

describe('a validator', () => {
  it('that answers false refuses: the ref is named, nothing is committed', async () => {
    const { wait, avout } = await client()
    const [n, other] = [avout.ref('/n', 1, { validate: (value) => value > 0 }), avout.ref('/other', 0)]
    const failing = avout.dosync((tx) => {
      tx.set(other, 1)
      tx.set(n, 0)
    })
    const error = await wait(failing.catch((refused: unknown) => refused))
    expect(error).toBeInstanceOf(ValidationError)
    expect(error).toMatchObject({ code: 'AVOUT_VALIDATION', kind: 'invalid', ref: '/n' })
    expect(await wait(avout.read((tx) => tx.getAll([n, other])))).toEqual([1, 0])
  })

  it('that throws refuses, and says why', async () => {
    const { wait, avout } = await client()
    const why = new RangeError('too small')
    const validate = (value: number): boolean => {
      if (value < 1) throw why
      return true
    }
    const error = await wait(refusal(avout, avout.ref('/n', 1, { validate }), 0))
    expect(error).toMatchObject({ kind: 'invalid', ref: '/n', issues: [{ message: 'too small' }], cause: why })
  })

  it('may be a schema, which only judges: what it makes of the value is thrown away', async () => {
    const { wait, avout } = await client()
    const n = avout.ref('/n', 1, { schema: positive })
    expect(await wait(refusal(avout, n, 0))).toMatchObject({
      ref: '/n',
      issues: [{ message: 'not positive', path: ['n'] }],
    })
    expect(await wait(refusal(avout, n, 5))).toBeUndefined()
    expect(await wait(n.deref())).toBe(5)
  })

  it('beside a schema: both judge', async () => {
    const { wait, avout } = await client()
    const n = avout.ref(defineRef('/n', 1, { schema: positive, validate: (value: number) => value < 10 }))
    expect(await wait(refusal(avout, n, 0))).toBeInstanceOf(ValidationError)
    expect(await wait(refusal(avout, n, 10))).toBeInstanceOf(ValidationError)
    expect(await wait(refusal(avout, n, 9))).toBeUndefined()
  })

  it('that answers with a promise is a TypeError', async () => {
    const { wait, avout } = await client()
    const asynchronous = schema(async () => ({ value: 1 }))
    const n = avout.ref('/n', 1, { schema: asynchronous })
    const m = avout.ref('/m', 1, { validate: (async () => true) as unknown as () => boolean })
    for (const ref of [n, m]) {
      const error = await wait(refusal(avout, ref, 2))
      expect(error).toBeInstanceOf(TypeError)
      expect(error).toMatchObject({ code: 'AVOUT_ASYNC_SCHEMA' })
    }
  })

  it('judges what a commute makes at the commit, not what it made in the body', async () => {
    const { wait, avout, rival, world } = await client()
    const n = avout.ref('/n', 0, { validate: (value) => value <= 10 })
    world.rival(() => rival.dosync((tx) => tx.set(rival.ref('/n', 0), 10)))
    await expect(wait(avout.dosync((tx) => tx.commute(n, add, 1)))).rejects.toBeInstanceOf(ValidationError)
    expect(await wait(n.deref())).toBe(10)
  })

  it('is asked once a transaction, with the value that it would commit', async () => {
    const { wait, avout } = await client()
    const judged: number[] = []
    const n = avout.ref('/n', 0, { validate: (value) => judged.push(value) > 0 && value !== 1 })
    await wait(
      avout.dosync(async (tx) => {
        tx.set(n, 1)
        await tx.alter(n, add, 1)
      }),
    )
    expect(judged).toEqual([2])
  })

  it('is not asked about a deletion', async () => {
    const { wait, avout } = await client()
    const n = avout.ref('/n', 0, { validate: (value) => value > 0 })
    await wait(avout.dosync((tx) => tx.set(n, 1)))
    await wait(avout.dosync((tx) => tx.delete(n)))
    expect(await wait(n.deref())).toBe(0)
  })

  it('refuses only if what it stands on still holds', async () => {
    const world = new World({ pushLost: 1 })
    const { wait } = world
    const [a, b] = await world.pair()
    const stock = a.ref('/stock', 0, { validate: (value) => value >= 0 })
    await wait(b.dosync((tx) => tx.set(b.ref('/stock', 0), 5))) // a has not heard of it
    await wait(a.dosync((tx) => tx.alter(stock, add, -1)))
    expect(await wait(stock.deref())).toBe(4)
  })

  it('refuses a commute only if the value that it began with still holds', async () => {
    const world = new World({ pushLost: 1 })
    const { wait } = world
    const [a, b] = await world.pair()
    const stock = a.ref('/stock', 0, { validate: (value) => value >= 0 })
    await wait(b.dosync((tx) => tx.set(b.ref('/stock', 0), 5)))
    await wait(a.dosync((tx) => tx.commute(stock, add, -1)))
    expect(await wait(stock.deref())).toBe(4)
  })
})
