import { expect, test } from 'vitest'
import { History } from './history.js'

const W = 4

/** A history at `position`, in which the next record stands at `position + 1`. */
function at(position: number): History {
  const history = new History(W)
  history.fillTo(position)
  return history
}

const writeX = { txs: [{ writes: [['/x', '']] }] } as const

test.each([
  { s: 5, n: 10, verdict: '' },
  { s: 6, n: 10, verdict: 'valid' },
  { s: 9, n: 10, verdict: 'valid' },
  { s: 10, n: 10, verdict: '' },
  { s: 11, n: 10, verdict: '' },
])('built at $s and appended at $n, with a window of 4: "$verdict"', ({ s, n, verdict }) => {
  expect(at(n - 1).append({ ...writeX, s })).toEqual([verdict])
})

test('a young log has its whole past in the window', () => {
  expect(at(3).append({ ...writeX, s: 1 })).toEqual(['valid'])
  expect(at(3).append({ ...writeX, s: 0 })).toEqual(['valid'])
  expect(at(4).append({ ...writeX, s: 0 })).toEqual([''])
})

test('one built on another log counts for nothing, whole', () => {
  const history = at(6)
  expect(history.append({ h: history.hashOf(5), txs: [{ writes: [['/x', '']] }, { writes: [['/y', '']] }] })).toEqual([
    '',
    '',
  ])
  expect(history.head('/x')).toBe('')
})

test('the hash that counts is that of s, not the last one', () => {
  const history = at(9)
  expect(history.append({ ...writeX, s: 6, h: history.hashOf(9) })).toEqual([''])
  expect(history.append({ ...writeX, s: 7, h: history.hashOf(7) })).toEqual(['valid'])
})

test('the hash at the oldest position of the window is known', () => {
  const history = at(9)
  expect(history.own.window.hashAt(6)).toBe(history.hashOf(6))
  expect(history.own.window.hashAt(5)).toBe(history.hashOf(5))
  expect(history.own.window.hashAt(4)).toBeUndefined()
  expect(history.own.window.hashAt(10)).toBeUndefined()
})

test('the first occurrence counts, a second one does not', () => {
  const history = at(6)
  const s = history.position
  const record = { number: 1, s, txs: [{ reads: [['/x', '']] }] } as const
  expect(history.append(record)).toEqual(['valid'])
  expect(history.append(record)).toEqual([''])
  expect(history.append({ ...record, client: 'b' })).toEqual(['valid'])
  expect(history.append({ ...record, number: 2 })).toEqual(['valid'])
})

test('a first occurrence whose hash was wrong is one', () => {
  const history = at(6)
  expect(history.append({ ...writeX, number: 1, h: 'lost' })).toEqual([''])
  expect(history.append({ ...writeX, number: 1 })).toEqual([''])
})

test('a first occurrence whose transactions lost is one', () => {
  const history = at(6)
  expect(history.append({ number: 1, txs: [{ reads: [['/x', '*']] }] })).toEqual(['/x'])
  expect(history.append({ ...writeX, number: 1 })).toEqual([''])
})

test.each([
  { why: 'too old', s: 2 },
  { why: 'from the future', s: 7 },
])('a record that was $why is not entered: its number is free', ({ s }) => {
  const history = at(6)
  expect(history.append({ ...writeX, number: 1, s })).toEqual([''])
  expect(history.own.window.isRepeated('a', 1)).toBe(false)
  expect(history.append({ ...writeX, number: 1 })).toEqual(['valid'])
})

test('a number is remembered for W positions, by its first occurrence', () => {
  const history = at(6)
  history.append({ number: 1, txs: [{}] }) // at 7
  history.fillTo(8)
  expect(history.append({ number: 1, txs: [{}] })).toEqual(['']) // at 9: not entered again
  history.fillTo(10)
  expect(history.append({ number: 1, txs: [{}] })).toEqual(['']) // at 11: 7 is just in the window
  expect(history.append({ number: 1, txs: [{}] })).toEqual(['valid']) // at 12
})

test('a number that comes again once it is forgotten is remembered anew', () => {
  const history = at(6)
  history.append({ number: 1, txs: [{}] }) // at 7
  history.fillTo(11)
  expect(history.append({ number: 1, txs: [{}] })).toEqual(['valid']) // at 12
  history.fillTo(15)
  expect(history.append({ number: 1, txs: [{}] })).toEqual(['']) // at 16
})

test('what loses by its record names no ref', () => {
  const history = at(6)
  history.append({ ...writeX, h: 'lost' })
  expect(history.lastConflicts).toEqual([{ on: '', rival: undefined }])
})
