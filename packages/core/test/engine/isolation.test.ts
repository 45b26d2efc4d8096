import { describe, expect, it } from 'vitest'
import type { Avout, Tx, TxOptions } from '../../src/index.js'
import { Gate, latch, outcomeOf, World } from './world.js'

const doctors = ['/alice', '/bob'] as const

/** Goes off duty if the other one is on: each alone leaves somebody there. */
function leave(client: Avout, name: string, options: TxOptions, ensures = false): Promise<boolean> {
  return client.dosync(async (tx: Tx) => {
    const other = doctors.find((doctor) => doctor !== name) as string
    const ref = client.ref(other, true)
    const covered = ensures ? await tx.ensure(ref) : await tx.get(ref)
    if (covered) tx.set(client.ref(name, true), false)
    return covered
  }, options)
}

async function bothLeave(options: TxOptions, ensures = false) {
  const world = new World()
  const [a, b] = await world.pair()
  world.store.conflictNext(1, async () => {
    await leave(b, '/bob', options, ensures)
  })
  await world.wait(leave(a, '/alice', options, ensures))
  return world.wait(a.read((tx) => tx.getAll(doctors.map((name) => a.ref(name, true)))))
}

describe('write skew', () => {
  it('is impossible by default', async () => {
    expect(await bothLeave({})).toEqual([true, false])
    expect(await bothLeave({ isolation: 'serializable' })).toEqual([true, false])
  })

  it('is possible under snapshot isolation', async () => {
    expect(await bothLeave({ isolation: 'snapshot' })).toEqual([false, false])
  })

  it('is prevented by ensure under snapshot isolation', async () => {
    expect(await bothLeave({ isolation: 'snapshot' }, true)).toEqual([true, false])
  })
})

describe('has', () => {
  it.each(['created', 'deleted'])('is a read: a ref that is %s by a rival makes the body run again', async (what) => {
    const world = new World()
    const [a, b] = await world.pair()
    const [n, rivals] = [a.ref('/n', 0), b.ref('/n', 0)]
    if (what === 'deleted') await world.wait(a.dosync((tx) => tx.set(n, 1)))
    world.rival(() => b.dosync((tx) => (what === 'deleted' ? tx.delete(rivals) : tx.set(rivals, 1))))
    const seen: boolean[] = []
    const counting = a.dosync(async (tx) => {
      seen.push(await tx.has(n))
      tx.set(a.ref('/other', 0), seen.length)
    })
    await world.wait(counting)
    expect(seen).toEqual(what === 'deleted' ? [true, false] : [false, true])
  })
})

describe('snapshot isolation', () => {
  it('loses no update', async () => {
    const world = new World()
    const [a, b] = await world.pair()
    world.rival(() => b.dosync((tx) => tx.set(b.ref('/n', 0), 10)))
    const n = a.ref('/n', 0)
    await world.wait(a.dosync(async (tx) => tx.set(n, (await tx.get(n)) + 1), { isolation: 'snapshot' }))
    expect(await world.wait(n.deref())).toBe(11)
  })

  it('begins with what was committed before', async () => {
    const world = new World({ pushLost: 1 })
    const [a, b] = await world.pair()
    await world.wait(b.dosync((tx) => tx.set(b.ref('/n', 0), 7)))
    const copied = a.dosync(async (tx) => tx.set(a.ref('/copy', 0), await tx.get(a.ref('/n', 0))), {
      isolation: 'snapshot',
    })
    await world.wait(copied)
    expect(await world.wait(a.ref('/copy', 0).deref())).toBe(7)
  })

  it('validates all reads of a run that saw what is in flight', async () => {
    const world = new World()
    const { wait } = world
    const gate = new Gate()
    const [a, b] = [await world.connect({}, gate), await world.connect()]
    const [source, copy] = [a.ref('/source', 0), a.ref('/copy', 0)]
    const [read, overtaken] = [latch(), latch()]
    const seen: number[] = []
    const copying = a.dosync(
      async (tx) => {
        const value = await tx.get(source)
        seen.push(value)
        read.open()
        await overtaken.promise
        tx.set(copy, value)
      },
      { isolation: 'snapshot' },
    )
    await world.pass()
    await read.promise
    await wait(b.dosync((tx) => tx.set(b.ref('/copy', 0), -1)))
    await world.pass(5)
    gate.close()
    const losing = outcomeOf(a.dosync((tx) => tx.alter(source, () => 100), { maxAttempts: 1 }))
    await world.pass()
    overtaken.open()
    await world.pass()
    expect(seen).toEqual([0, 100]) // the second run has read what is in flight
    await wait(b.dosync((tx) => tx.set(b.ref('/source', 0), 5)))
    gate.open()
    await wait(copying)
    expect(await wait(losing)).toMatchObject({ error: { kind: 'conflict' } })
    expect(await wait(a.read((tx) => tx.getAll([source, copy])))).toEqual([5, 5])
  })
})

describe('a consistent view', () => {
  it('is what every run sees, also one that will be lost', async () => {
    const world = new World()
    const [a, b] = await world.pair()
    const both = (client: Avout) => [client.ref('/x', 0), client.ref('/y', 0)] as const
    const [first, goOn] = [latch(), latch()]
    const seen: number[][] = []
    const reading = a.dosync(async (tx) => {
      const x = await tx.get(both(a)[0])
      first.open()
      await goOn.promise
      seen.push([x, await tx.get(both(a)[1])])
      tx.set(a.ref('/z', 0), 1)
    })
    await first.promise
    await world.wait(b.dosync((tx) => both(b).forEach((ref) => void tx.set(ref, 1))))
    await world.pass(5)
    goOn.open()
    await world.wait(reading)
    expect(seen).toEqual([
      [0, 0],
      [1, 1],
    ])
  })
})
