import { expect, test } from 'vitest'
import { IncompatibleError } from '../../src/errors.js'
import { decodeRecord } from '../../src/record/decode.js'
import { RefStates } from '../../src/state/ref-state.js'
import { CLIENT } from './arbitraries.js'
import { bytesOf, decoded, valid, withAt } from './broken.js'

const text = (value: unknown): boolean => typeof value === 'string'
const count = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0
const number = (value: unknown): boolean => typeof value === 'number'
const name = (value: unknown): boolean => typeof value === 'string' && value !== '' && !value.includes('\0')
const oneOf =
  (...values: unknown[]) =>
  (value: unknown) =>
    values.includes(value)
const never = (): boolean => false

/** Every place of a record, and what may stand there. */
const places: readonly [path: (string | number)[], isLegal: (value: unknown) => boolean][] = [
  [['f'], oneOf(1)],
  [['c'], oneOf(CLIENT, 'x')],
  [['n'], count],
  [['s'], count],
  [['h'], text],
  [['a'], text],
  [['b'], never], // a write needs its home
  [['b', 0], text],
  [['t'], (value) => Array.isArray(value) && value.every((item) => item === 0)],
  [['t', 0], oneOf(0)],
  [['t', 0, 0], (value) => text(value) || count(value)],
  [['t', 0, 1], (value) => Array.isArray(value) && value.length === 0],
  [['t', 0, 1, 0], name],
  [['t', 0, 1, 1], text],
  [['t', 0, 2], (value) => Array.isArray(value) && value.length === 0],
  [['t', 0, 2, 0], never],
  [['t', 0, 2, 0, 0], name],
  [['t', 0, 2, 0, 1], oneOf(0, 1)],
  [['t', 0, 2, 0, 2], text],
  [['t', 0, 2, 0, 3], oneOf(0, 1)],
  [['t', 0, 2, 0, 4], () => true],
  [['t', 0, 2, 1, 4], oneOf(0)],
  [['t', 0, 2, 1, 5], oneOf(0)], // a deletion leaves nothing
  [['t', 0, 2, 2, 3], oneOf(0, 1)],
  [['t', 0, 2, 2, 5], oneOf(0, 1)],
  [['t', 0, 3, 'l'], text],
  [['t', 0, 3, 'g', 0], name],
  [['t', 0, 3, 'g', 1], text],
  [['t', 0, 3, 'r', 0], never],
  [['t', 0, 3, 'r', 0, 0], text],
  [['t', 0, 3, 'r', 0, 1], text],
  [['t', 0, 3, 'r', 0, 2], text],
  [['t', 0, 3, 'o', 0], never],
  [['t', 0, 3, 'o', 0, 0], name],
  [['t', 0, 3, 'o', 0, 1], oneOf(0, 1)],
  [['t', 0, 3, 'o', 0, 2], oneOf(0, 1)],
  [['t', 0, 3, 'o', 0, 3], number],
  [['t', 0, 3, 'o', 0, 4], (value) => value === null || number(value)],
  [['t', 0, 3, 'o', 0, 5], never],
  [['t', 0, 3, 'o', 0, 5, 1], oneOf(0)], // a user's operation cannot stand beside one of numbers
  [['t', 0, 3, 'o', 0, 5, 2], number],
  [['t', 0, 3, 'o', 0, 6, 2], number],
  [['t', 0, 3, 'o', 0, 6, 2, 0], number],
  [['t', 0, 3, 'o', 0, 6, 2, 1], (value) => value === null || number(value)],
  [['t', 0, 3, 'o', 0, 6, 2, 2], (value) => value === null || number(value)],
  [['t', 0, 3, 'o', 1, 3], () => true],
  [['t', 0, 3, 'o', 1, 4], oneOf(null)],
  [['t', 0, 3, 'o', 1, 5, 1], count],
  [['t', 0, 3, 'o', 1, 5, 2], Array.isArray],
  [['t', 0, 3, 'o', 1, 6, 0], text],
  [['t', 0, 3, 'o', 1, 6, 2], () => true],
  [['t', 0, 3, 'q', 0], never],
  [['t', 0, 3, 'q', 0, 0], text],
  [['t', 0, 3, 'q', 0, 1], text],
]
const wrong = [null, true, -1, 1.5, 2, 2 ** 53, 'x', '', 'a b', '*', 'a.b', 'n\0', [], [0], ['x'], {}, { a: 1 }, 0, 1]

test('the record that is broken here is sound', () => {
  expect(decoded(valid()).kind).toBe('transactions')
})

test.each(places)('%j', (path, isLegal) => {
  for (const value of wrong) {
    const bytes = bytesOf(withAt(valid(), path, value))
    const isNewer = path[0] === 'f' && value === 2
    if (isNewer) expect(() => decodeRecord(bytes, new RefStates())).toThrow(IncompatibleError)
    else
      expect([value, decodeRecord(bytes, new RefStates()).kind]).toEqual([
        value,
        isLegal(value) ? 'transactions' : 'malformed',
      ])
  }
})

test.each(['f', 'c', 'n', 's', 'h', 'b', 't'])('without %s', (key) => {
  expect(decoded({ ...valid(), [key]: undefined }).kind).toBe('malformed')
})

test.each([
  { path: ['t', 0], less: 2 },
  { path: ['t', 0, 1], less: 1 },
  { path: ['t', 0, 2, 0], less: 4 },
  { path: ['t', 0, 2, 1], less: 5 },
  { path: ['t', 0, 3, 'g'], less: 1 },
  { path: ['t', 0, 3, 'r', 0], less: 2 },
  { path: ['t', 0, 3, 'o', 0], less: 5 },
  { path: ['t', 0, 3, 'o', 0, 5], less: 2 },
  { path: ['t', 0, 3, 'o', 0, 6, 2], less: 2 },
  { path: ['t', 0, 3, 'q', 0], less: 1 },
])('$path with $less items, or with one more than it has', ({ path, less }) => {
  const items = path.reduce<unknown>((at, key) => (at as Record<string | number, unknown>)[key], valid()) as unknown[]
  for (const broken of [items.slice(0, less), [...items, {}]]) {
    expect(decoded(withAt(valid(), path, broken)).kind).toBe('malformed')
  }
})

test('a number that JSON cannot write again', () => {
  for (const path of [
    ['t', 0, 3, 'o', 0, 3],
    ['t', 0, 3, 'o', 0, 4],
    ['t', 0, 3, 'o', 0, 5, 2],
    ['t', 0, 3, 'o', 0, 6, 2, 0],
    ['t', 0, 3, 'o', 0, 6, 2, 1],
    ['t', 0, 3, 'o', 0, 6, 2, 2],
  ]) {
    const text = JSON.stringify(withAt(valid(), path, 'large')).replace('"large"', '1e999')
    expect(decodeRecord(new TextEncoder().encode(text), new RefStates()).kind).toBe('malformed')
  }
})

test('a transaction that operates on what it writes, or twice on one ref', () => {
  for (const ref of ['/b', '/list']) {
    expect(decoded(withAt(valid(), ['t', 0, 3, 'o', 0, 0], ref)).kind).toBe('malformed')
  }
})

test('one broken transaction spoils the record', () => {
  const [transaction] = valid().t
  expect(decoded({ ...valid(), t: [transaction, transaction] }).kind).toBe('transactions')
  expect(decoded({ ...valid(), t: [transaction, transaction, 1] })).toEqual({ kind: 'malformed' })
})
