import { describe, expect, it } from 'vitest'
import { add, outcomeOf, World } from './world.js'

/** What a client has not heard of: another one has committed it, and the push got lost. */
async function behind() {
  const world = new World({ pushLost: 1 })
  const [a, b] = await world.pair()
  await world.wait(b.dosync((tx) => tx.set(b.ref('/n', 0), 1)))
  return { world, wait: world.wait, a, b, n: a.ref('/n', 0) }
}

describe('what a body throws', () => {
  it('is surfaced, and nothing committed', async () => {
    const { wait, a, n } = await behind()
    const error = new Error('mine')
    const failing = a.dosync(async (tx) => {
      await tx.alter(n, add, 1)
      throw error
    })
    await expect(wait(failing)).rejects.toBe(error)
    expect(await wait(n.deref())).toBe(1)
  })

  it('is surfaced as it is, whatever it is', async () => {
    const { wait, a } = await behind()
    for (const thrown of [undefined, null, 0, 'text']) {
      const failing = a.dosync(() => {
        throw thrown
      })
      expect(await wait(outcomeOf(failing))).toEqual({ error: thrown })
    }
  })

  it('over what no longer is so, is thrown away: the body runs again', async () => {
    const { wait, a, n } = await behind()
    const seen: number[] = []
    const result = a.dosync(async (tx) => {
      const value = await tx.get(n)
      seen.push(value)
      if (value === 0) throw new Error('there is none')
      return value
    })
    expect(await wait(result)).toBe(1)
    expect(seen).toEqual([0, 1])
  })

  it('over what never was, is thrown away', async () => {
    const { world, wait, a, b, n } = await behind()
    await wait(n.deref())
    const release = world.holdAppend()
    const losing = outcomeOf(a.dosync((tx) => tx.alter(n, () => 100), { maxAttempts: 1 }))
    await world.pass()
    const seen: number[] = []
    const reading = a.dosync(async (tx) => {
      const value = await tx.get(n)
      seen.push(value)
      if (value === 100) throw new Error('one hundred')
      return value
    })
    await world.pass()
    await wait(b.dosync((tx) => tx.set(b.ref('/n', 0), 2)))
    release()
    expect(await wait(reading)).toBe(2)
    expect(seen).toEqual([100, 2])
    expect(await wait(losing)).toMatchObject({ error: { kind: 'conflict' } })
  })

  it('over what is in flight, waits for its verdict', async () => {
    const { world, wait, a, n } = await behind()
    await wait(n.deref())
    const release = world.holdAppend()
    const writing = a.dosync((tx) => tx.set(n, 100))
    await world.pass()
    let settled = false
    const failing = outcomeOf(
      a.dosync(async (tx) => {
        throw new Error(`it is ${await tx.get(n)}`)
      }),
    ).finally(() => {
      settled = true
    })
    await world.pass(50)
    expect(settled).toBe(false)
    release()
    expect(await wait(failing)).toEqual({ error: new Error('it is 100') })
    await wait(writing)
  })
})

describe('what a body returns without having written', () => {
  it('is not older than what was committed before', async () => {
    const { wait, a, n } = await behind()
    expect(await wait(a.dosync((tx) => tx.get(n)))).toBe(1)
    expect(await wait(n.deref())).toBe(1)
    expect(await wait(a.read((tx) => tx.get(n)))).toBe(1)
  })

  it('may be as old as its staleness, and no older than what was returned already', async () => {
    const { world, wait, b, n } = await behind()
    expect(await wait(n.deref({ staleness: 1_000 }))).toBe(0) // it has just connected
    await world.pass(1_001)
    expect(await wait(n.deref({ staleness: 1_000 }))).toBe(1)
    await wait(b.dosync((tx) => tx.set(b.ref('/n', 0), 2)))
    expect(await wait(n.deref({ staleness: 1_000 }))).toBe(1)
    await world.pass(1_001)
    expect(await wait(n.deref({ staleness: 1_000 }))).toBe(2)
  })
})
