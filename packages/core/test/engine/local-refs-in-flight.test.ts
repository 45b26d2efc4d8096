import { describe, expect, it } from 'vitest'
import { add, latch, outcomeOf, World } from './world.js'

async function clients() {
  const world = new World()
  const [a, b] = await world.pair()
  return { world, wait: world.wait, a, b, n: a.ref('/n', 0), local: a.localRef(0) }
}

describe('while a transaction that wrote it is in flight', () => {
  it('a local ref is held: who reads it waits for the verdict, and then runs on that', async () => {
    const { world, wait, a, n, local } = await clients()
    const release = world.holdAppend()
    const writing = a.dosync((tx) => [tx.set(local, 1), tx.set(n, 1)].length)
    await world.pass()
    expect(await wait(local.deref())).toBe(0)
    const [seen, attempts]: [number[], number[]] = [[], []]
    const reading = a.dosync(async (tx) => {
      attempts.push(tx.attempt)
      const value = await tx.get(local)
      seen.push(value)
      return value
    })
    await world.pass(100)
    expect(attempts).toEqual([1])
    release()
    expect(await wait(reading)).toBe(1)
    expect(seen).toEqual([1])
    await wait(writing)
  })

  it('and it loses, the local ref is as before for who waited', async () => {
    const { world, wait, a, b, n, local } = await clients()
    const release = world.holdAppend()
    const losing = outcomeOf(
      a.dosync((tx) => Promise.all([tx.alter(local, add, 1), tx.alter(n, add, 1)]), { maxAttempts: 1 }),
    )
    await world.pass()
    const reading = a.dosync((tx) => tx.get(local))
    await wait(b.dosync((tx) => tx.set(b.ref('/n', 0), 5)))
    release()
    expect(await wait(reading)).toBe(0)
    expect(await wait(losing)).toMatchObject({ error: { kind: 'conflict' } })
  })

  it('a run that began before the verdict does not mix before and after', async () => {
    const { world, wait, a, n, local } = await clients()
    const release = world.holdAppend()
    const writing = a.dosync((tx) => [tx.set(local, 1), tx.set(n, 1)].length)
    await world.pass()
    const goOn = latch()
    const seen: number[][] = []
    const reading = a.dosync(async (tx) => {
      const other = await tx.get(n)
      await goOn.promise
      seen.push([other, await tx.get(local)])
      tx.set(a.ref('/m', 0), 1)
    })
    await world.pass()
    release()
    await wait(writing)
    goOn.open()
    await wait(reading)
    expect(seen).toEqual([[1, 1]])
  })

  it('that only read it, who would write it waits', async () => {
    const { world, wait, a, n, local } = await clients()
    const release = world.holdAppend()
    const reading = a.dosync(async (tx) => tx.set(n, (await tx.get(local)) + 10))
    await world.pass()
    let runs = 0
    const writing = outcomeOf(
      a.dosync((tx) => {
        if (++runs > 50) throw new Error('it runs again and again')
        tx.set(local, 1)
      }),
    )
    await world.pass(100)
    expect(await wait(local.deref())).toBe(0)
    release()
    expect(await wait(writing)).toEqual({ value: undefined })
    await wait(reading)
    expect(await wait(a.read((tx) => tx.getAll([n, local])))).toEqual([10, 1])
  })

  it('two that alter it at once lose nothing', async () => {
    const { wait, a, n, local } = await clients()
    const both = [1, 10, 100].map((by) =>
      a.dosync(async (tx) => {
        await tx.alter(local, add, by)
        await tx.alter(n, add, by)
      }),
    )
    await wait(Promise.all(both))
    expect(await wait(a.read((tx) => tx.getAll([n, local])))).toEqual([111, 111])
  })

  it('wakes who retried on it', async () => {
    const { world, wait, a, local } = await clients()
    const waiting = a.dosync(async (tx) => (await tx.get(local)) || tx.retry())
    await world.pass(10)
    await wait(a.dosync((tx) => tx.set(local, 3)))
    expect(await wait(waiting)).toBe(3)
  })
})
