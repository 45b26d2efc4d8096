import { expect, test } from 'vitest'
import { History } from './history.js'

function history(): History {
  const log = new History(4)
  log.fillTo(5)
  return log
}

test('the transactions of a record are judged in order, each on those before it', () => {
  const log = history()
  const verdicts = log.append({
    txs: [
      { creates: [['/x', '']] }, // a.1.0
      { writes: [['/x', '*a.1.0']] }, // a.1.1
      { writes: [['/x', '*a.1.0']] },
      { reads: [['/x', '']] },
      { reads: [['/x', '*a.1.1']], writes: [['/y', '']] },
    ],
  })
  expect(verdicts).toEqual(['valid', 'valid', '/x', '/x', 'valid'])
  expect(log.head('/x')).toBe('a.1.1')
  expect(log.head('/y')).toBe('a.1.4')
})

test('what follows one that lost falls with it; what does not depend on it stands', () => {
  const log = history()
  log.append({ client: 'b', s: 5, txs: [{ writes: [['/x', '']] }] })
  const verdicts = log.append({
    txs: [
      { writes: [['/x', '']] },
      { reads: [['/x', '*a.1.0']], writes: [['/y', '']] },
      { writes: [['/y', '*a.1.1']] },
      { writes: [['/z', '']] },
    ],
  })
  expect(verdicts).toEqual(['/x', '/x', '/y', 'valid'])
  expect([log.head('/x'), log.head('/y'), log.head('/z')]).toEqual(['b.1.0', '', 'a.1.3'])
})

test('a place that is empty keeps the versions of those behind it', () => {
  const log = history()
  expect(log.append({ txs: [undefined, { writes: [['/x', '']] }, undefined] })).toEqual(['valid'])
  expect(log.head('/x')).toBe('a.1.1')
})

test('every write of one transaction gets the same version; the next record gets another', () => {
  const log = history()
  log.append({
    txs: [
      {
        writes: [
          ['/x', ''],
          ['/y', ''],
        ],
      },
    ],
  })
  expect([log.head('/x'), log.head('/y')]).toEqual(['a.1.0', 'a.1.0'])
  log.append({ txs: [{ writes: [['/x', 'a.1.0']] }] })
  expect([log.head('/x'), log.head('/y')]).toEqual(['a.2.0', 'a.1.0'])
})

test('a record may stand on one in front of it that was in flight when it was built', () => {
  const log = history()
  const s = log.position
  expect(log.append({ s, txs: [{ writes: [['/x', '']] }] })).toEqual(['valid'])
  expect(log.append({ s, txs: [{ writes: [['/x', '*a.1.0']] }] })).toEqual(['valid'])
  expect(log.head('/x')).toBe('a.2.0')
})

test('one that overtakes what it stands on loses', () => {
  const log = history()
  const s = log.position
  expect(log.append({ number: 2, s, txs: [{ writes: [['/x', '*a.1.0']] }] })).toEqual(['/x'])
  expect(log.append({ number: 1, s, txs: [{ writes: [['/x', '']] }] })).toEqual(['valid'])
})

test('two clients that write the same ref at the same s: the first one wins', () => {
  const log = history()
  const s = log.position
  expect(log.append({ client: 'b', s, txs: [{ writes: [['/x', '']] }] })).toEqual(['valid'])
  expect(log.append({ client: 'a', s, txs: [{ writes: [['/x', '']] }] })).toEqual(['/x'])
})

test('a read alone commits where nothing was written since, and changes nothing', () => {
  const log = history()
  expect(log.append({ txs: [{ reads: [['/x', '']] }] })).toEqual(['valid'])
  expect(log.head('/x')).toBe('')
})
