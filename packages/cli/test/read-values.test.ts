import { expect, test } from 'vitest'
import { readValues, UsageError } from '../src/index.js'

const options = { count: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const

test('options are read, after a leading -- too', () => {
  expect({ ...readValues(['--count', '3', '-h'], options) }).toEqual({ count: '3', help: true })
  expect({ ...readValues(['--', '--count=3'], options) }).toEqual({ count: '3' })
  expect({ ...readValues([], options) }).toEqual({})
})

test.each([
  [['--counts', '3'], '--counts'],
  [['--count'], '--count'],
  [['3'], "'3'"],
  [['--help=yes'], '--help'],
])('%j is wrong usage', (args, message) => {
  expect(() => readValues(args, options)).toThrow(UsageError)
  expect(() => readValues(args, options)).toThrow(message)
})
