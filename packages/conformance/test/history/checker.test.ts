import { Random } from '@avout/core/testing'
import { describe, expect, it } from 'vitest'
import { checkHistory, type Op, type Step } from '../../src/history/index.js'
import { isExplained } from './support/brute-force.js'
import { append, ensured, historyOf, type Plan, read } from './support/build.js'

const names = (history: readonly Op[], options?: { realtime?: boolean }) =>
  checkHistory(history, options).anomalies.map(({ name }) => name)
const snapshot = { isolation: 'snapshot' } as const
const together = { from: 0, to: 100 }

describe('a good history', () => {
  it('has no anomaly, and says how much it rests on', () => {
    const history = historyOf(
      { steps: [read('x'), append('x', 1)] },
      { steps: [read('x', 1), append('x', 2), read('x', 1, 2)] },
      { steps: [append('y', 3)], outcome: 'failed' },
      { steps: [append('x', 4)], outcome: 'info' },
      { steps: [read('x', 1, 2, 4), read('y')] },
    )
    const verdict = checkHistory(history)
    expect(verdict.anomalies).toEqual([])
    expect(verdict.dependencies).toBeGreaterThan(3)
  })

  it('may know nothing', () => {
    expect(checkHistory(historyOf({ steps: [append('x', 1)] })).dependencies).toBe(0)
  })

  it('appends what nobody saw, as often as it likes', () => {
    expect(
      names(historyOf({ ...together, steps: [append('x', 1)] }, { ...together, steps: [append('x', 2)] })),
    ).toEqual([])
  })
})

describe('single reads', () => {
  const cases: [name: string, ...Plan[]][] = [
    ['internal', { steps: [append('x', 1), read('x')] }],
    ['internal', { steps: [append('x', 1)] }, { steps: [read('x'), read('x', 1)] }],
    ['future-read', { steps: [read('x', 1), append('x', 1)] }],
    ['duplicate-elements', { steps: [append('x', 1)] }, { steps: [read('x', 1, 1)] }],
    ['unknown-element', { steps: [read('x', 9)] }],
    ['G1a', { steps: [append('x', 1)], outcome: 'failed' }, { steps: [read('x', 1)] }],
    ['G1a', { steps: [append('x', 1)], outcome: 'threw' }, { steps: [read('x', 1)] }],
    ['G1b', { ...together, steps: [append('x', 1), append('x', 2)] }, { ...together, steps: [read('x', 1)] }],
    [
      'incompatible-order',
      { steps: [append('x', 1)] },
      { steps: [append('x', 2)] },
      { steps: [read('x', 1, 2)] },
      { steps: [read('x', 2, 1)] },
    ],
  ]
  it.each(cases)('%s', (name, ...plans) => {
    expect(names(historyOf(...plans))).toContain(name)
  })

  it('count in a body that threw, too', () => {
    expect(names(historyOf({ steps: [append('x', 1)] }, { steps: [read('x')], outcome: 'threw' }))).toEqual([
      'G-single-realtime',
    ])
  })
})

describe('cycles', () => {
  const cases: [name: string, ...Plan[]][] = [
    [
      'G0',
      { ...together, steps: [append('x', 1), append('y', 1)] },
      { ...together, steps: [append('x', 2), append('y', 2)] },
      { ...together, steps: [read('x', 1, 2), read('y', 2, 1)] },
    ],
    [
      'G1c',
      { ...together, steps: [append('x', 1), read('y', 2)] },
      { ...together, steps: [append('y', 2), read('x', 1)] },
    ],
    [
      'G-single',
      { ...together, steps: [append('x', 1), append('y', 1)] },
      { ...together, steps: [read('x', 1), read('y')] },
    ],
    // lost update
    [
      'G-single',
      { ...together, steps: [read('x'), append('x', 1)] },
      { ...together, steps: [read('x'), append('x', 2)] },
      { ...together, steps: [read('x', 1, 2)] },
    ],
    // long fork
    [
      'G-nonadjacent',
      { ...together, steps: [append('x', 1)] },
      { ...together, steps: [append('y', 2)] },
      { ...together, steps: [read('x', 1), read('y')] },
      { ...together, steps: [read('x'), read('y', 2)] },
    ],
    // nobody read the newer append, but it was one
    [
      'G1c',
      { ...together, steps: [append('x', 1), read('y', 2)] },
      { ...together, steps: [append('x', 2), append('y', 2)] },
      { ...together, steps: [read('x', 1)] },
    ],
    // read-only transaction anomaly: the two anti-dependencies meet in the first
    [
      'G2-item',
      { ...together, steps: [read('x'), append('z', 1)] },
      { ...together, steps: [append('x', 2), append('y', 2)] },
      { ...together, steps: [read('y', 2), read('z')] },
    ],
    // write skew
    [
      'G2-item',
      { ...together, steps: [read('x'), append('y', 1)] },
      { ...together, steps: [read('y'), append('x', 2)] },
    ],
  ]
  it.each(cases)('%s', (name, ...plans) => {
    expect(names(historyOf(...plans))).toEqual([name])
  })

  it('are told in words', () => {
    const history = historyOf(
      { ...together, steps: [append('x', 1), append('y', 1)] },
      { ...together, steps: [read('x', 1), read('y')] },
    )
    expect(checkHistory(history).anomalies[0]?.message).toBe('T1 -did not see (y)→ T0 -read by (x)→ T1')
  })

  it('do not close over what nobody knows to be committed', () => {
    const history = historyOf(
      { ...together, steps: [read('x'), append('y', 1)], outcome: 'info' },
      { ...together, steps: [read('y'), append('x', 2)] },
      { ...together, steps: [read('x', 2), read('y')] },
    )
    expect(names(history)).toEqual([])
  })
})

describe('time', () => {
  const stale: Plan[] = [{ steps: [append('x', 1)] }, { steps: [read('x')] }]

  it('finds a stale read, and a lost commit', () => {
    expect(names(historyOf(...stale))).toEqual(['G-single-realtime'])
    expect(names(historyOf(...stale), { realtime: false })).toEqual([])
  })

  it('does not hold what is unfinished against anyone', () => {
    expect(names(historyOf({ steps: [append('x', 1)], outcome: 'info' }, { steps: [read('x')] }))).toEqual([])
  })

  it('says nothing about what came after an unknown outcome was told', () => {
    const [write, ...reads] = historyOf(
      { steps: [append('x', 1)], outcome: 'info' },
      { steps: [read('x')] },
      { steps: [read('x', 1)] },
    )
    expect(names([{ ...(write as Op), ended: { at: 5, index: 5 } }, ...reads])).toEqual([])
  })

  it('lets a read be as old as it asked to', () => {
    const [write] = stale as [Plan]
    expect(names(historyOf(write, { steps: [read('x')], staleness: 4 }))).toEqual(['G-single-realtime'])
    expect(names(historyOf(write, { steps: [read('x')], staleness: 6 }))).toEqual([])
  })

  it('does not let it be older than what its own client was told', () => {
    const [write] = stale as [Plan]
    const history = historyOf({ ...write, client: 7 }, { steps: [read('x')], staleness: 1000, client: 7 })
    expect(names(history)).toEqual(['G-single-realtime'])
  })

  it('sees through a chain of others', () => {
    const history = historyOf(
      { steps: [append('x', 1)] },
      { steps: [append('y', 2)] },
      { steps: [append('z', 3)] },
      { steps: [read('x')] },
    )
    expect(names(history)).toEqual(['G-single-realtime'])
  })
})

describe('snapshot isolation', () => {
  it('allows write skew', () => {
    const history = historyOf(
      { ...together, ...snapshot, steps: [read('x'), append('y', 1)] },
      { ...together, ...snapshot, steps: [read('y'), append('x', 2)] },
    )
    expect(names(history)).toEqual([])
  })

  it('does not, where the read was ensured by both', () => {
    const history = historyOf(
      { ...together, ...snapshot, steps: [ensured('x'), append('y', 1)] },
      { ...together, ...snapshot, steps: [ensured('y'), append('x', 2)] },
    )
    expect(names(history)).toEqual(['G2-item'])
  })

  it.each([
    ['lost update', [read('x'), append('x', 1)], [read('x'), append('x', 2)], [read('x', 1, 2)]],
    ['read skew', [append('x', 1), append('y', 1)], [read('x', 1), read('y')]],
    ['long fork', [append('x', 1)], [append('y', 2)], [read('x', 1), read('y')], [read('x'), read('y', 2)]],
  ] as [string, ...Step[][]][])('forbids %s', (_name, ...all) => {
    expect(names(historyOf(...all.map((steps) => ({ ...together, ...snapshot, steps }))))).toHaveLength(1)
  })

  it('begins with what ended before', () => {
    expect(names(historyOf({ steps: [append('x', 1)] }, { ...snapshot, steps: [read('x')] }))).toHaveLength(1)
  })

  it('lets a commuted append pass what came between', () => {
    const blind: Step = { f: 'append', key: 'x', element: 2, blind: true }
    const history = historyOf(
      { ...together, ...snapshot, steps: [append('x', 1), append('y', 1)] },
      { ...together, ...snapshot, steps: [read('y'), blind] },
      { from: 200, steps: [read('x', 1, 2), read('y', 1)] },
    )
    expect(names(history)).toEqual([])
  })
})

describe('against all orders tried', () => {
  it.each([
    ['serializable', false],
    ['strictly serializable', true],
  ])('agrees on what is %s', (_level, realtime) => {
    const seen = { good: 0, bad: 0 }
    for (let seed = 1; seed <= 3000; seed++) {
      const history = guess(new Random(seed))
      const good = isExplained(history, realtime)
      expect({ seed, good: names(history, { realtime }).length === 0 }).toEqual({ seed, good })
      seen[good ? 'good' : 'bad']++
    }
    expect(Math.min(seen.good, seen.bad)).toBeGreaterThan(100)
  })
})

/** A small history whose reads are prefixes of one order per key: mostly wrong, often right. */
function guess(random: Random): Op[] {
  const keys = ['x', 'y']
  const sizes = [random.between(2, 4)]
  const orders = new Map<string, number[]>(keys.map((key) => [key, []]))
  const writes = Array.from({ length: sizes[0] as number }, (_, op) =>
    keys.filter(() => random.chance(0.6)).map((key) => [key, op] as const),
  )
  for (const [key, op] of random.shuffle(writes.flat())) orders.get(key)?.push(10 * op, 10 * op + 1)
  const plans = writes.map((written, op): Plan => {
    const steps: Step[] = []
    for (const key of keys) {
      if (!random.chance(0.7)) continue
      const order = orders.get(key) ?? []
      const mine = order.indexOf(10 * op)
      // its own append comes right behind what it saw, or it saw something else: then that is the anomaly
      const upTo = mine >= 0 && random.chance(0.7) ? mine : 2 * random.between(0, order.length / 2)
      const list = order.slice(0, upTo)
      if (!list.includes(10 * op)) steps.push(read(key, ...list))
    }
    for (const [key] of written) steps.push(append(key, 10 * op), append(key, 10 * op + 1))
    const from = random.between(0, 40)
    const isolation = random.chance(0.4) ? 'snapshot' : 'serializable'
    return { steps, isolation, from: 2 * from, to: 2 * (from + random.between(0, 20)) + 1 }
  })
  const last = { from: 1000, steps: keys.map((key) => read(key, ...(orders.get(key) ?? []))) }
  return historyOf(...plans, last)
}
