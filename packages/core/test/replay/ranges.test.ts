import { expect, test } from 'vitest'
import { History } from './history.js'

const W = 4

function history(): History {
  const log = new History(W)
  log.fillTo(5)
  return log
}

const scan = (from: string, to: string, version: string) => ({ ranges: [[from, to, version]] }) as const

test.each([
  { from: '/b', to: '/c', sees: true },
  { from: '/a', to: '/b', sees: false }, // the end is not in it
  { from: '/b', to: '/b', sees: false },
  { from: '/b0', to: '/c', sees: false },
  { from: '', to: '/b0', sees: true },
])('a key /b that was created is in [$from, $to): $sees', ({ from, to, sees }) => {
  const log = history()
  log.append({ txs: [{ creates: [['/b', '']] }] })
  expect(log.append({ txs: [scan(from, to, '')] })).toEqual([sees ? from : 'valid'])
  expect(log.append({ txs: [scan(from, to, 'a.1.0')] })).toEqual(['valid'])
  expect(log.append({ txs: [scan(from, to, '*a.1.0')] })).toEqual([sees ? 'valid' : from])
})

test('an update is no change of what there is', () => {
  const log = history()
  log.append({ txs: [{ writes: [['/b', '']] }] })
  expect(log.append({ txs: [scan('/a', '/z', '')] })).toEqual(['valid'])
})

test('a deletion is one', () => {
  const log = history()
  log.append({ txs: [{ deletes: [['/b', '']] }] })
  expect(log.append({ txs: [scan('/a', '/z', '')] })).toEqual(['/a'])
  expect(log.append({ txs: [scan('/a', '/z', 'a.1.0')] })).toEqual(['valid'])
})

test('the last change in the range counts, not the last change', () => {
  const log = history()
  log.append({ txs: [{ creates: [['/b', '']] }] })
  log.append({ txs: [{ creates: [['/d', '']] }] })
  expect(
    log.append({ txs: [scan('/b', '/c', 'a.1.0'), scan('/a', '/z', 'a.1.0'), scan('/a', '/z', 'a.2.0')] }),
  ).toEqual(['valid', '/a', 'valid'])
})

test('every range of a transaction counts', () => {
  const log = history()
  log.append({ txs: [{ creates: [['/d', '']] }] })
  const ranges = [
    ['/a', '/b', ''],
    ['/c', '/e', ''],
  ] as const
  expect(log.append({ txs: [{ ranges }] })).toEqual(['/c'])
})

test('a change is judged for W positions', () => {
  const log = history()
  log.append({ txs: [{ creates: [['/b', '']] }] }) // at 6
  log.fillTo(9)
  expect(log.append({ txs: [scan('/a', '/z', '')] })).toEqual(['/a']) // at 10
  expect(log.append({ txs: [scan('/a', '/z', '')] })).toEqual(['valid']) // at 11
})

test('a change of the same record counts for those behind it', () => {
  const log = history()
  const txs = [{ creates: [['/b', '']] }, scan('/a', '/z', ''), scan('/a', '/z', '*a.1.0')] as const
  expect(log.append({ txs })).toEqual(['valid', '/a', 'valid'])
})
