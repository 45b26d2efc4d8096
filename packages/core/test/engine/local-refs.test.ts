import { describe, expect, it } from 'vitest'
import { add, outcomeOf, World } from './world.js'

async function clients() {
  const world = new World()
  const [a, b] = await world.pair()
  return { world, wait: world.wait, a, b, n: a.ref('/n', 0), local: a.localRef(0) }
}

describe('a local ref', () => {
  it('takes part in transactions beside others, and costs no append alone', async () => {
    const { world, wait, a, n, local } = await clients()
    const records = world.records().length
    await wait(a.dosync((tx) => Promise.all([tx.alter(local, add, 1), tx.commute(local, add, 1)])))
    expect(world.records()).toHaveLength(records)
    await wait(a.dosync(async (tx) => tx.set(n, await tx.alter(local, add, 1))))
    expect(await wait(local.deref())).toBe(3)
    expect(await wait(n.deref())).toBe(3)
  })

  it('holds anything, undefined and what has a life of its own included', async () => {
    const { wait, a } = await clients()
    const live = { count: 0, self: undefined as unknown }
    live.self = live
    const local = a.localRef<unknown>(live, { name: 'live' })
    expect(local.name).toBe('live')
    expect(await wait(local.deref())).toBe(live)
    expect(Object.isFrozen(live)).toBe(false)
    await wait(a.dosync((tx) => tx.set(local, undefined)))
    expect(await wait(a.dosync(async (tx) => [await tx.get(local), await tx.alter(local, (value) => value)]))).toEqual([
      undefined,
      undefined,
    ])
  })

  it('keeps its value when the transaction comes to nothing', async () => {
    const { wait, a, n, local } = await clients()
    const failing = a.dosync((tx) => {
      tx.set(local, 9)
      tx.set(n, 9)
      throw new Error('no')
    })
    await wait(outcomeOf(failing))
    expect(await wait(local.deref())).toBe(0)
  })

  it('is written once although the transaction ran twice', async () => {
    const { world, wait, a, b, n, local } = await clients()
    world.rival(() => b.dosync((tx) => tx.set(b.ref('/n', 0), 5)))
    const told: number[][] = []
    local.addWatch('key', (_key, _ref, old, value) => told.push([old, value]))
    await wait(a.dosync((tx) => Promise.all([tx.alter(n, add, 1), tx.alter(local, add, 1)])))
    expect(await wait(local.deref())).toBe(1)
    expect(told).toEqual([[0, 1]])
  })

  it('is dropped with a nested dosync that threw, or a branch that retried', async () => {
    const { wait, a, local } = await clients()
    const seen = a.dosync(async (tx) => {
      const inner = tx.dosync((nested) => {
        nested.set(local, 5)
        throw new Error('dropped')
      })
      await outcomeOf(inner)
      const branch = await tx.orElse(
        async (left) => {
          await left.alter(local, add, 7)
          return left.retry()
        },
        (right) => right.get(local),
      )
      return [await tx.get(local), branch]
    })
    expect(await wait(seen)).toEqual([0, 0])
  })

  it('has no has, delete or foreign client', async () => {
    const { wait, a, b, local } = await clients()
    await expect(wait(a.dosync((tx) => tx.has(local)))).rejects.toMatchObject({ code: 'AVOUT_LOCAL_REF' })
    await expect(wait(b.dosync((tx) => tx.get(local)))).rejects.toMatchObject({ code: 'AVOUT_FOREIGN_REF' })
  })
})
