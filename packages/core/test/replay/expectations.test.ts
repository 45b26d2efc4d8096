import { describe, expect, test } from 'vitest'
import { History, type TxSpec } from './history.js'

const W = 4

/** `/x` was written at 6 as a.1.0, by a record of one transaction. */
function written(): History {
  const history = new History(W)
  history.fillTo(5)
  expect(history.append({ txs: [{ creates: [['/x', '']] }] })).toEqual(['valid'])
  return history
}

/** Whatever expects `/x` at a version: all must be judged alike. */
const kinds: Record<string, (version: string) => TxSpec> = {
  read: (version) => ({ reads: [['/x', version]] }),
  write: (version) => ({ writes: [['/x', version]] }),
  grant: (version) => ({ grants: [['/x', version]] }),
  deletion: (version) => ({ deletes: [['/x', version]] }),
  range: (version) => ({ ranges: [['/x', '/y', version]] }),
  'read behind one that holds': (version) => ({
    reads: [
      ['/w', ''],
      ['/x', version],
    ],
  }),
  'write behind one that holds': (version) => ({
    writes: [
      ['/w', ''],
      ['/x', version],
    ],
  }),
}

describe.each(Object.entries(kinds))('a %s', (_, expecting) => {
  test.each([
    { n: 7, version: 'a.1.0', verdict: 'valid' },
    { n: 7, version: '*a.1.0', verdict: 'valid' },
    { n: 7, version: 'a.1.1', verdict: '/x' },
    { n: 7, version: '*a.1.1', verdict: '/x' },
    { n: 7, version: '', verdict: '/x' },
    { n: 7, version: '*', verdict: '/x' },
    { n: 10, version: 'a.1.0', verdict: 'valid' }, // n - W = 6: the write is just in the window
    { n: 10, version: '*a.1.0', verdict: 'valid' },
    { n: 10, version: '', verdict: '/x' },
    { n: 11, version: 'a.1.0', verdict: 'valid' }, // behind the window: what was current at s still is
    { n: 11, version: '', verdict: 'valid' },
    { n: 11, version: '*a.1.0', verdict: '/x' }, // marked must *be* the last write of the window
    { n: 11, version: '*', verdict: '/x' },
  ])('at $n of what was written at 6, expecting "$version": $verdict', ({ n, version, verdict }) => {
    const history = written()
    history.fillTo(n - 1)
    expect(history.append({ client: 'b', txs: [expecting(version)] })).toEqual([verdict])
    if (verdict !== 'valid') expect(history.head('/x')).toBe('a.1.0')
  })

  test.each([
    { version: '', verdict: 'valid' },
    { version: 'a.1.0', verdict: 'valid' },
    { version: '*', verdict: '/x' },
    { version: '*a.1.0', verdict: '/x' },
  ])('of what nobody wrote, expecting "$version": $verdict', ({ version, verdict }) => {
    const young = new History(W)
    expect(young.append({ txs: [expecting(version)] })).toEqual([verdict])
    const old = new History(W)
    old.fillTo(20)
    expect(old.append({ txs: [expecting(version)] })).toEqual([verdict])
  })

  test('expects the last of several writes', () => {
    const history = written()
    history.append({ txs: [{ deletes: [['/x', 'a.1.0']] }] })
    expect(history.append({ txs: [expecting('a.1.0')] })).toEqual(['/x'])
    expect(history.append({ txs: [expecting('a.2.0')] })).toEqual(['valid'])
  })
})

test('a loser names the ref and the write that was there first', () => {
  const history = written()
  const rival = history.own.states.of('/x').head
  for (const [kind, on] of Object.entries({ read: '/x', write: '/x', grant: '/x', range: '/x' })) {
    history.append({ client: 'b', txs: [kinds[kind]?.('')] })
    expect(history.lastConflicts).toEqual([{ on, rival }])
  }
})

test('a loser leaves no trace', () => {
  const history = written()
  const tx = { id: 'mine', creates: [['/y', '']], writes: [['/x', '']] } as const
  expect(history.append({ client: 'b', txs: [tx] })).toEqual(['/x'])
  expect(history.head('/y')).toBe('')
  expect(history.own.window.isIdTaken('mine')).toBe(false)
  expect(history.append({ txs: [{ ranges: [['/y', '/z', '']] }] })).toEqual(['valid'])
})
