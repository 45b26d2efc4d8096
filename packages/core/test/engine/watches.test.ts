import { describe, expect, it } from 'vitest'
import { add, latch, outcomeOf, World } from './world.js'

async function clients() {
  const world = new World()
  const [a, b] = await world.pair()
  return { world, wait: world.wait, a, b, n: a.ref('/n', 0), bn: b.ref('/n', 0) }
}

const chain = (last: number) => Array.from({ length: last }, (_, i) => [i, i + 1])

describe('a watch', () => {
  it('is told of each committed change once, in order, with old and new value and the position', async () => {
    const { world, wait, a, n } = await clients()
    const told: unknown[] = []
    n.addWatch('key', (key, ref, old, value, change) => told.push([key, ref === n, old, value, change]))
    await wait(a.dosync((tx) => tx.set(n, 5)))
    const position = world.records().length
    expect(told).toEqual([['key', true, 0, 5, { old: 0, value: 5, position, resync: false }]])
    await wait(a.dosync((tx) => tx.delete(n)))
    expect(told.at(-1)).toMatchObject(['key', true, 5, 0, {}])
  })

  it('misses none of several in one record', async () => {
    const { world, wait, a, n } = await clients()
    const told: number[][] = []
    n.addWatch('key', (_key, _ref, old, value) => told.push([old, value]))
    const records = world.records().length
    await wait(Promise.all(Array.from({ length: 5 }, () => a.dosync((tx) => tx.alter(n, add, 1)))))
    expect(told).toEqual(chain(5))
    expect(world.records().length - records).toBeLessThan(5)
  })

  it('is told of the commits of others, in the order of the log', async () => {
    const { world, wait, a, b, n, bn } = await clients()
    const told: number[][] = []
    n.addWatch('key', (_key, _ref, old, value) => told.push([old, value]))
    const adding = [...Array(6).keys()].map((i) => (i % 2 ? a : b).dosync((tx) => tx.alter(i % 2 ? n : bn, add, 1)))
    await wait(Promise.all(adding))
    await world.pass(1_000)
    expect(told).toEqual(chain(6))
  })

  it('is told although the pushes are lost', async () => {
    const world = new World({ pushLost: 1 })
    const [a, b] = await world.pair()
    const told: number[][] = []
    a.ref('/n', 0).addWatch('key', (_key, _ref, old, value) => told.push([old, value]))
    for (let i = 0; i < 3; i++) await world.wait(b.dosync((tx) => tx.alter(b.ref('/n', 0), add, 1)))
    await world.pass(1_000)
    expect(told).toEqual(chain(3))
  })

  it('is not told of what was not committed', async () => {
    const { world, wait, a, b, n, bn } = await clients()
    const told: number[][] = []
    n.addWatch('key', (_key, _ref, old, value) => told.push([old, value]))
    const failing = a.dosync((tx) => {
      tx.set(n, 7)
      throw new Error('no')
    })
    await wait(outcomeOf(failing))
    world.rival(() => b.dosync((tx) => tx.set(bn, 1)))
    await wait(outcomeOf(a.dosync((tx) => tx.alter(n, () => 100), { maxAttempts: 1 })))
    expect(told).toEqual([[0, 1]])
  })

  it('has been called when dosync resolves', async () => {
    const { wait, a, n } = await clients()
    const course: string[] = []
    n.addWatch('key', () => course.push('watch'))
    await wait(a.dosync((tx) => tx.set(n, 1)).then(() => course.push('resolved')))
    expect(course).toEqual(['watch', 'resolved'])
  })

  it('that throws is told of, and stops nobody', async () => {
    const { wait, a, n } = await clients()
    const [told, errors]: [number[], unknown[]] = [[], []]
    const [error, rejection] = [new Error('thrown'), new Error('rejected')]
    a.on('watchError', (event) => errors.push(event))
    n.addWatch('throws', () => {
      throw error
    })
    n.addWatch('rejects', (async () => {
      throw rejection
    }) as () => void)
    n.addWatch('works', (_key, _ref, _old, value) => told.push(value))
    await wait(a.dosync((tx) => tx.set(n, 1)))
    await wait(a.dosync((tx) => tx.set(n, 2)))
    expect(told).toEqual([1, 2])
    expect(errors).toHaveLength(4)
    expect(errors).toContainEqual({ name: '/n', error })
    expect(errors).toContainEqual({ name: '/n', error: rejection })
  })

  it('is replaced by another one of its key, and ends with removeWatch', async () => {
    const { world, wait, a, n } = await clients()
    const told: string[] = []
    n.addWatch('key', () => told.push('first'))
    n.addWatch('key', () => told.push('second'))
    n.addWatch('other', () => told.push('other'))
    await wait(a.dosync((tx) => tx.set(n, 1)))
    n.removeWatch('other')
    n.removeWatch('never there')
    await wait(a.dosync((tx) => tx.set(n, 2)))
    n.removeWatch('key')
    await wait(a.dosync((tx) => tx.set(n, 3)))
    expect(told).toEqual(['second', 'other', 'second'])
    expect(await world.scheduler.run({ limit: 1_000 })).toBe('idle')
  })

  it('may run a transaction of its own', async () => {
    const { wait, a, n } = await clients()
    const [m, done] = [a.ref('/m', 0), latch()]
    n.addWatch('key', (_key, _ref, _old, value) => {
      a.dosync((tx) => tx.set(m, value * 10)).then(() => done.open())
    })
    await wait(a.dosync((tx) => tx.set(n, 4)))
    await wait(done.promise)
    expect(await wait(m.deref())).toBe(40)
  })
})
