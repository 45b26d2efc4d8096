import { describe, expect, test } from 'vitest'
import { defineOp } from '../../src/index.js'
import { foldNumbers } from '../../src/replay/numbers.js'
import { History, type OperationSpec, type TxSpec } from './history.js'

const W = 6

const add = (n: number, min: number | null = null, max: number | null = null): OperationSpec['steps'][number] => [
  'add',
  min === null && max === null ? n : [n, min, max],
]
const on = (attested: number | null, ...steps: OperationSpec['steps']): TxSpec => ({
  operations: [{ ref: '/x', attested, existed: attested !== null, steps }],
})

/** `/x` is 0: what the first transaction of a record writes. */
function zero(window = W): { history: History; s: number } {
  const history = new History(window)
  expect(history.append({ txs: [{ creates: [['/x', '']] }] })).toEqual(['valid'])
  return { history, s: history.position }
}

describe('operations of numbers', () => {
  test.each([
    { steps: [add(5)], value: 7 },
    { steps: [add(5), add(-1)], value: 6 },
    { steps: [['max', 5]], value: 5 },
    { steps: [['max', 1]], value: 2 },
    { steps: [['min', 5]], value: 2 },
    { steps: [['min', 1]], value: 1 },
    { steps: [add(-2, 0)], value: 0 },
    { steps: [add(-3, 0)], value: undefined },
    { steps: [add(3, null, 5)], value: 5 },
    { steps: [add(4, null, 5)], value: undefined },
    { steps: [add(-1, 3, 9)], value: undefined },
    { steps: [add(1, 3, 3)], value: 3 },
    { steps: [add(-3, 0), add(9)], value: undefined }, // each in its place
    { steps: [add(9), add(-3, 0)], value: 8 },
    { steps: [add(-3, 0), ['max', 5]], value: undefined },
    { steps: [add(-3, null, 0)], value: -1 },
    { steps: [add(Number.MAX_VALUE)], value: Number.MAX_VALUE },
    { steps: [add(Number.MAX_VALUE), add(Number.MAX_VALUE)], value: undefined },
    { steps: [add(-Number.MAX_VALUE), add(-Number.MAX_VALUE, -Number.MAX_VALUE)], value: undefined },
    { steps: [add(Number.MAX_VALUE), add(Number.MAX_VALUE, 0), add(-Number.MAX_VALUE)], value: undefined },
  ])('2 by $steps is $value', ({ steps, value }) => {
    const all = (steps as OperationSpec['steps']).map(([name, argument]) => ({ name, argument, version: 0 }))
    expect(foldNumbers(2, all)).toBe(value)
  })

  test('go by what was attested where nothing was written since', () => {
    const { history, s } = zero()
    expect(history.append({ s, client: 'b', txs: [on(0, add(3, 0, 3))] })).toEqual(['valid'])
    expect(history.value('/x')).toBe(3)
  })

  test('fold onto the operations and writes since, of the same record too', () => {
    const { history, s } = zero()
    expect(history.append({ s, client: 'b', txs: [on(0, add(3)), on(0, add(-2, 1)), on(0, add(-2, 0))] })).toEqual([
      'valid',
      'valid',
      '/x',
    ])
    expect(history.value('/x')).toBe(1)
    const rival = history.own.states.of('/x').head
    expect(history.lastConflicts[2]).toEqual({ on: '/x', rival, isRefused: true })
    expect(history.append({ s, client: 'c', txs: [on(0, add(-2, 0))] })).toEqual(['/x'])
    expect(history.append({ s, client: 'c', txs: [on(0, add(-1, 0))] })).toEqual(['valid'])
    expect(history.append({ client: 'a', txs: [undefined, { writes: [['/x', 'c.2.0']] }] })).toEqual(['valid'])
    expect(history.append({ s, client: 'c', txs: [on(0, add(10, null, 11))] })).toEqual(['valid'])
    expect(history.value('/x')).toBe(11)
  })

  test('never conflict with each other, and others expect what they make', () => {
    const { history, s } = zero()
    for (const client of ['b', 'c', 'd']) {
      expect(history.append({ s, client, txs: [on(0, add(1))] })).toEqual(['valid'])
    }
    expect(history.append({ s, txs: [{ reads: [['/x', 'a.1.0']] }] })).toEqual(['/x'])
    expect(history.append({ s, txs: [{ reads: [['/x', '*d.1.0']] }] })).toEqual(['valid'])
  })

  test('create what was absent, or was deleted since, once', () => {
    const range = (version: string): TxSpec => ({ ranges: [['/x', '/y', version]] })
    const history = new History(W)
    const s = history.position
    expect(history.append({ s, client: 'b', txs: [on(null, add(2)), on(null, add(3))] })).toEqual(['valid', 'valid'])
    expect(history.value('/x')).toBe(5)
    expect(history.append({ txs: [range(''), range('b.1.1'), range('*b.1.0')] })).toEqual(['/x', '/x', 'valid'])
    const there = history.position
    expect(history.append({ txs: [{ deletes: [['/x', 'b.1.1']] }] })).toEqual(['valid'])
    const late = { operations: [{ ref: '/x', attested: 5, initial: 7, steps: [add(1)] }] }
    expect(history.append({ s: there, client: 'b', txs: [late, late] })).toEqual(['valid', 'valid'])
    expect(history.value('/x')).toBe(9)
    expect(history.append({ txs: [range('*b.2.1'), range('*b.2.0')] })).toEqual(['/x', 'valid'])
  })

  test('create nothing where the ref was there at s, however long ago it was written', () => {
    const { history } = zero()
    history.fillTo(20)
    expect(history.append({ client: 'b', txs: [on(0, add(1))] })).toEqual(['valid'])
    expect(history.append({ txs: [{ ranges: [['/x', '/y', '']] }] })).toEqual(['valid'])
    expect(history.value('/x')).toBe(1)
  })

  test('go by what is attested of s, not by what only some clients know of it', () => {
    const { history } = zero()
    const denied = { operations: [{ ref: '/x', existed: false, initial: 40, steps: [add(2)] }] }
    expect(history.append({ client: 'b', txs: [denied] })).toEqual(['valid'])
    expect(history.value('/x')).toBe(42)
    expect(history.append({ txs: [{ ranges: [['/x', '/y', 'a.1.0']] }] })).toEqual(['/x'])
    expect(history.append({ client: 'b', txs: [on(7, add(1))] })).toEqual(['valid'])
    expect(history.value('/x')).toBe(8)
  })

  test('onto what is no number are a conflict, not a refusal', () => {
    const { history } = zero()
    const { head } = history.own.states.of('/x')
    expect(history.append({ client: 'b', txs: [{ operations: [{ ref: '/x', steps: [add(1)] }] }] })).toEqual(['/x'])
    expect(history.lastConflicts).toEqual([{ on: '/x', rival: head }])
    const s = history.position
    history.append({ txs: [{ externals: [['/x', 'a.1.0']] }] })
    expect(history.append({ s, client: 'b', txs: [on(0, add(1))] })).toEqual(['/x'])
    expect(history.lastConflicts[0]).not.toHaveProperty('isRefused')
  })

  test('onto what others made that no verdict looks into are a conflict, until that is attested', () => {
    const { history, s } = zero()
    const times = defineOp({ name: 'times', version: 1, apply: (n: number, by: number) => n * by })
    const knowing = new History(W, [times])
    for (const each of [history, knowing]) {
      if (each === knowing) each.append({ txs: [{ creates: [['/x', '']] }] })
      const tx: TxSpec = { operations: [{ ref: '/x', steps: [['times', 2, 1]] }] }
      expect(each.append({ s, client: 'b', txs: [tx] })).toEqual(['valid'])
      expect(each.append({ s, client: 'c', txs: [on(0, add(1))] })).toEqual(['/x'])
      expect(each.lastConflicts[0]).not.toHaveProperty('isRefused')
      expect(each.append({ client: 'c', txs: [on(8, add(1))] })).toEqual(['valid'])
      expect(each.value('/x')).toBe(9)
    }
  })

  test('are judged after all else: only who lost nothing is refused for good', () => {
    const { history, s } = zero(20)
    history.append({ client: 'b', txs: [{ id: 'mine', creates: [['/y', '']] }] })
    const refused = on(0, add(-1, 0))
    for (const tx of [
      { ...refused, reads: [['/y', '']] },
      { ...refused, writes: [['/y', '']] },
      { ...refused, grants: [['/y', '']] },
      { ...refused, ranges: [['/y', '/z', '']] },
      { ...refused, id: 'mine' },
    ] as TxSpec[]) {
      history.append({ s, client: 'c', txs: [tx] })
      expect(history.lastConflicts[0]).toBeDefined()
      expect(history.lastConflicts[0]).not.toHaveProperty('isRefused')
    }
    expect(history.append({ s, client: 'c', txs: [{ ...refused, label: 'alone' }] })).toEqual(['/x'])
    expect(history.lastConflicts[0]).toHaveProperty('isRefused')
  })

  test('of a transaction that lost do nothing', () => {
    const { history, s } = zero()
    const two = { operations: [...(on(0, add(1)).operations ?? []), { ref: '/y', steps: [add(-1, 0)] }] }
    expect(history.append({ s, client: 'b', txs: [two] })).toEqual(['/y'])
    expect(history.value('/x')).toBe(0)
  })
})

describe('operations of lists', () => {
  const append = (item: string, existed = true): TxSpec => ({
    operations: [{ ref: '/l', existed, steps: [['append', [item]]] }],
  })

  test('fold in the order of the log, onto what was there, or their initial value', () => {
    const history = new History(W)
    const s = history.position
    expect(history.append({ s, client: 'b', txs: [append('b', false), append('c', false)] })).toEqual([
      'valid',
      'valid',
    ])
    expect(history.append({ s, client: 'c', txs: [append('d', false)] })).toEqual(['valid'])
    expect(history.value('/l')).toEqual(['b', 'c', 'd'])
    history.append({ txs: [{ deletes: [['/l', 'c.1.0']] }] })
    const unite: OperationSpec = { ref: '/l', existed: false, initial: ['x'], steps: [['union', ['y', 'x', 'y']]] }
    expect(history.append({ client: 'b', txs: [{ operations: [unite] }] })).toEqual(['valid'])
    expect(history.value('/l')).toEqual(['x', 'y'])
  })

  test('never fold onto what only a container holds', () => {
    const history = new History(W)
    history.append({ txs: [append('a', false)] })
    const s = history.position
    expect(history.append({ txs: [{ externals: [['/l', 'a.1.0']] }] })).toEqual(['valid'])
    expect(history.append({ s, client: 'b', txs: [append('b')] })).toEqual(['/l'])
    expect(history.lastConflicts).toEqual([{ on: '/l', rival: history.own.states.of('/l').head }])
    expect(history.append({ txs: [undefined, { writes: [['/l', 'a.2.0']] }] })).toEqual(['valid'])
    expect(history.append({ s, client: 'b', txs: [append('b')] })).toEqual(['valid']) // what is to be read of it is another thing
    history.append({ txs: [undefined, { deletes: [['/l', 'b.2.0']] }] })
    expect(history.append({ s, client: 'b', txs: [append('b')] })).toEqual(['valid'])
    expect(history.value('/l')).toEqual(['b'])
    history.append({ txs: [{ externals: [['/l', 'b.3.0']] }] })
    // Written at s or before: who attests s knows, and does not send it; it is valid, and its value is loaded.
    expect(history.append({ client: 'b', txs: [append('c')] })).toEqual(['valid'])
    expect(history.value('/l')).toBeUndefined()
  })

  test('leave no chain behind', () => {
    const history = new History(W)
    history.append({ txs: [append('a', false)] })
    for (let i = 0; i < 20; i++) history.append({ txs: [append('a')] })
    history.own.forget(history.position)
    const { head } = history.own.states.of('/l')
    expect(head.previous).toBeUndefined()
    expect(head.made).toMatchObject({ base: undefined, isFolded: true })
    expect(head.data).toHaveLength(21)
  })
})
