import { expect, test } from 'vitest'
import { oneOf, realNumber, UsageError, wholeNumber } from '../src/index.js'

test('what is in range is read', () => {
  expect(wholeNumber('--n', '1', { min: 1, max: 64 })).toBe(1)
  expect(wholeNumber('--n', '64', { min: 1, max: 64 })).toBe(64)
  expect(wholeNumber('--n', '0', { min: 0 })).toBe(0)
  expect(realNumber('--s', '0.05', { min: 0.05, max: 600 })).toBe(0.05)
  expect(realNumber('--s', '600', { min: 0.05, max: 600 })).toBe(600)
  expect(oneOf('--x', 'b', { a: 1, b: 2 })).toBe('b')
})

test.each(['0', '65', '1.5', '1e1', '-1', '', ' 1', 'x', 'Infinity', '0x1', '1'.repeat(16)])(
  'no whole number from 1 to 64: %j',
  (text) => {
    const read = () => wholeNumber('--n', text, { min: 1, max: 64 })
    expect(read).toThrow(UsageError)
    expect(read).toThrow(`--n takes a whole number from 1 to 64, not "${text}"`)
  },
)

test.each(['0', '601', '3s', '.5', '1.', 'NaN'])('no number from 0.05 to 600: %j', (text) => {
  expect(() => realNumber('--s', text, { min: 0.05, max: 600 })).toThrow(
    `--s takes a number from 0.05 to 600, not "${text}"`,
  )
})

test('without an end, the range says so', () => {
  expect(() => wholeNumber('--n', '0', { min: 1 })).toThrow('--n takes a whole number of at least 1, not "0"')
})

test('what is in no table is told with what is', () => {
  expect(() => oneOf('--x', 'toString', { a: 1, b: 2 })).toThrow(new UsageError('--x is one of a, b, not "toString"'))
})
