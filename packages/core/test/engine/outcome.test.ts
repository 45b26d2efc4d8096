import { describe, expect, it } from 'vitest'
import { AvoutError } from '../../src/index.js'
import { add, outcomeOf, World } from './world.js'

async function clients(options = {}) {
  const world = new World()
  const [a, b] = await world.pair(options)
  return { world, wait: world.wait, a, b, n: a.ref('/n', 0) }
}

describe('outcome', () => {
  it('tells of a commit, to every client', async () => {
    const { wait, a, b, n } = await clients()
    await wait(a.dosync((tx) => tx.alter(n, add, 1), { id: 'order-1' }))
    expect(await wait(a.outcome('order-1'))).toBe('committed')
    expect(await wait(b.outcome('order-1'))).toBe('committed')
  })

  it('knows the ids that were made up', async () => {
    const { wait, a, b, n } = await clients()
    const id = await wait(
      a.dosync(async (tx) => {
        await tx.alter(n, add, 1)
        return tx.id
      }),
    )
    expect(await wait(a.outcome(id))).toBe('committed')
    expect(await wait(b.outcome(id))).toBe('committed')
  })

  it('is unknown for who has not heard of it', async () => {
    const { wait, a } = await clients()
    expect(await wait(a.outcome('never'))).toBe('unknown')
    expect(await wait(a.outcome('x/1'))).toBe('unknown')
  })

  it('is aborted for this client’s own that failed', async () => {
    const { wait, a, n } = await clients()
    const failing = a.dosync(
      (tx) => {
        tx.set(n, 1)
        throw new Error('no')
      },
      { id: 'mine' },
    )
    await wait(outcomeOf(failing))
    expect(await wait(a.outcome('mine'))).toBe('aborted')
  })

  it('is forgotten when the window has passed', async () => {
    const { wait, a, b, n } = await clients({ founding: { window: 4 } })
    await wait(a.dosync((tx) => tx.set(n, 1), { id: 'old' }))
    for (let i = 0; i < 6; i++) await wait(b.dosync((tx) => tx.set(b.ref('/m', 0), i)))
    expect(await wait(a.outcome('old'))).toBe('unknown')
  })
})

describe('an id', () => {
  it('commits at most once in a window, whoever uses it', async () => {
    const { world, wait, a, b, n } = await clients()
    await wait(a.dosync((tx) => tx.alter(n, add, 1), { id: 'order-1' }))
    const records = world.records().length
    for (const client of [a, b]) {
      const again = client.dosync((tx) => tx.alter(client.ref('/n', 0), add, 1), { id: 'order-1' })
      const error = await wait(again.catch((refusal: unknown) => refusal))
      expect(error).toBeInstanceOf(AvoutError)
      expect((error as AvoutError).message).toContain('order-1')
    }
    expect(world.scheduler.now).toBeLessThan(10_000)
    expect(world.records().length).toBeLessThan(records + 3)
    expect(await wait(n.deref())).toBe(1)
  })

  it('commits once of two clients at once', async () => {
    const { world, wait, a, b, n } = await clients()
    world.rival(() => b.dosync((tx) => tx.set(b.ref('/other', 0), 1), { id: 'order-1' }))
    const error = await wait(
      a.dosync((tx) => tx.alter(n, add, 1), { id: 'order-1' }).catch((refusal: unknown) => refusal),
    )
    expect(error).toBeInstanceOf(AvoutError)
    expect(await wait(n.deref())).toBe(0)
    expect(await wait(a.outcome('order-1'))).toBe('committed')
  })

  it('commits once of two at once', async () => {
    const { wait, a, n } = await clients()
    const outcomes = await wait(
      Promise.all([1, 10].map((by) => outcomeOf(a.dosync((tx) => tx.alter(n, add, by), { id: 'order-1' })))),
    )
    expect(outcomes).toEqual([{ value: 1 }, { error: expect.any(AvoutError) }])
    expect(await wait(n.deref())).toBe(1)
  })

  it('whose transaction failed can be used again', async () => {
    const { wait, a, n } = await clients()
    const failing = a.dosync(
      () => {
        throw new Error('no')
      },
      { id: 'order-1' },
    )
    await wait(outcomeOf(failing))
    await wait(a.dosync((tx) => tx.alter(n, add, 1), { id: 'order-1' }))
    expect(await wait(a.outcome('order-1'))).toBe('committed')
    expect(await wait(n.deref())).toBe(1)
  })
})
