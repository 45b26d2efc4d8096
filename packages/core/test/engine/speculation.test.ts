import { describe, expect, it } from 'vitest'
import { UnavailableError } from '../../src/index.js'
import { add, Gate, outcomeOf, World } from './world.js'

/** A client whose appends wait behind a gate: what it commits meanwhile stands on what is in flight. */
async function gated() {
  const world = new World()
  const gate = new Gate()
  const [a, b] = [await world.connect({ name: 'a' }, gate), await world.connect({ name: 'b' })]
  gate.close()
  return { world, wait: world.wait, gate, a, b, n: a.ref('/n', 0), m: a.ref('/m', 0), bn: b.ref('/n', 0) }
}

describe('transactions of one client', () => {
  it('stand on what is in flight: one after the other, each once, in few records', async () => {
    const { world, wait, gate, a, n } = await gated()
    const records = world.records().length
    let runs = 0
    const adding: Promise<number>[] = []
    for (let i = 0; i < 20; i++) {
      adding.push(
        a.dosync((tx) => {
          runs++
          return tx.alter(n, add, 1)
        }),
      )
      await world.pass()
    }
    gate.open()
    expect(await wait(Promise.all(adding))).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
    expect(runs).toBe(20)
    expect(world.records().length - records).toBeLessThan(7)
  })

  it('fall with what they stand on, and run again on what is so', async () => {
    const { world, wait, gate, a, n, m, bn, b } = await gated()
    const first = a.dosync((tx) => tx.alter(n, add, 1))
    await world.pass()
    const seen: number[] = []
    const second = a.dosync(async (tx) => {
      const value = await tx.get(n)
      seen.push(value)
      tx.set(m, value * 10)
    })
    await world.pass()
    await wait(b.dosync((tx) => tx.set(bn, 100)))
    gate.open()
    expect(await wait(first)).toBe(101)
    await wait(second)
    expect(seen[0]).toBe(1)
    const [now, copied] = await wait(a.read((tx) => tx.getAll([n, m])))
    expect([now, copied]).toEqual([101, (seen.at(-1) as number) * 10])
    expect([100, 101]).toContain(seen.at(-1))
  })

  it('are not seen by others, nor by watches or afterCommit, before their verdict', async () => {
    const { world, wait, gate, a, n, bn } = await gated()
    const told: string[] = []
    n.addWatch('key', () => told.push('watch'))
    const committing = a.dosync((tx) => {
      tx.afterCommit(() => told.push('afterCommit'))
      tx.set(n, 1)
    })
    await world.pass(100)
    expect(told).toEqual([])
    expect(await wait(bn.deref())).toBe(0)
    expect(await wait(n.deref())).toBe(0)
    gate.open()
    await wait(committing)
    expect(told).toEqual(['watch', 'afterCommit'])
  })

  it('that were not sent yet can be given up, and nothing of them counts', async () => {
    const { world, wait, gate, a, n, m } = await gated()
    const sent: Promise<void>[] = []
    for (let i = 0; i < 4; i++) {
      sent.push(a.dosync((tx) => tx.set(a.ref(`/${i}`, 0), 1)))
      await world.pass()
    }
    const waiting = outcomeOf(a.dosync((tx) => tx.alter(n, add, 1), { timeout: 50 }))
    const onTop = a.dosync(async (tx) => tx.set(m, (await tx.get(n)) + 10))
    await world.pass(100)
    const { error } = (await wait(waiting)) as { error: unknown }
    expect(error).toBeInstanceOf(UnavailableError)
    expect(error).toMatchObject({ code: 'AVOUT_TIMEOUT', message: expect.stringContaining('waiting to be sent') })
    gate.open()
    await wait(Promise.all([...sent, onTop]))
    await world.pass(1_000)
    expect(await wait(a.read((tx) => tx.getAll([n, m])))).toEqual([0, 10])
  })

  it('scan what is in flight, and run again where that falls', async () => {
    const { world, wait, gate, a, b } = await gated()
    const [mine, theirs] = [a.family('/f', 0), b.family('/f', 0)]
    const creating = outcomeOf(a.dosync((tx) => tx.alter(mine('x'), add, 1), { maxAttempts: 1 }))
    await world.pass()
    const seen: string[][] = []
    const counting = a.dosync(async (tx) => {
      seen.push(await tx.keys(mine))
      tx.set(a.ref('/count', 0), seen.length)
    })
    await world.pass()
    await wait(b.dosync((tx) => [tx.set(theirs('x'), 5), tx.set(theirs('y'), 5)].length))
    gate.open()
    expect(await wait(creating)).toMatchObject({ error: { kind: 'conflict' } })
    await wait(counting)
    expect(seen[0]).toEqual(['x'])
    expect(seen.at(-1)).toEqual(['x', 'y'])
  })

  it('are in one record where they were ready together', async () => {
    const world = new World()
    const avout = await world.connect()
    const records = world.records().length
    const refs = Array.from({ length: 50 }, (_, i) => avout.ref(`/${i}`, 0))
    await world.wait(Promise.all(refs.map((ref) => avout.dosync((tx) => tx.alter(ref, add, 1)))))
    expect(world.records()).toHaveLength(records + 1)
  })
})
