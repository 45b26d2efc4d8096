import { expect, test } from 'vitest'
import { median, quantile } from '../src/statistics.js'

test('quantiles are values that were measured', () => {
  const hundred = Array.from({ length: 100 }, (_, n) => n + 1)
  expect([0, 0.5, 0.99, 1].map((q) => quantile(hundred, q))).toEqual([1, 50, 99, 100])
  expect(quantile([7], 0.99)).toBe(7)
  expect(quantile([], 0.5)).toBeNaN()
})

test('the median does not need them sorted', () => {
  expect(median([9, 100, 10])).toBe(10)
  expect(median([3])).toBe(3)
})
