import { expect, test } from 'vitest'
import { defaultInput, parseOptions, UsageError } from '../src/options.js'

test('without arguments: 8 clients, every order of the shipped file', () => {
  expect(parseOptions([])).toEqual({ clients: 8, input: defaultInput, help: false })
})

test('every option is read, after a leading -- too', () => {
  const args = ['--clients', '3', '--orders', '50', '--input', 'a.csv', '--help']
  const options = { clients: 3, orders: 50, input: 'a.csv', help: true }
  expect(parseOptions(args)).toEqual(options)
  expect(parseOptions(['--', ...args])).toEqual(options)
})

test.each([
  [['--client', '3'], '--client'],
  [['--clients', '0'], 'from 1 to 64, not "0"'],
  [['--clients', '65'], 'from 1 to 64'],
  [['--clients', '2.5'], 'whole number'],
  [['--clients', 'eight'], 'not "eight"'],
  [['--clients'], '--clients'],
  [['--orders=-1'], '--orders takes a whole number of at least 1, not "-1"'],
  [['--orders', '1e3'], '--orders'],
  [['--orders', ''], '--orders'],
  [['orders.csv'], 'orders.csv'],
])('%j is wrong usage', (args, message) => {
  expect(() => parseOptions(args)).toThrow(UsageError)
  expect(() => parseOptions(args)).toThrow(message)
})
