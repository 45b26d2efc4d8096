import { UsageError } from '@avout/cli'
import { expect, test } from 'vitest'
import { parseOptions } from '../src/options.js'

test('without arguments: T on memory against Effect for 3 s', () => {
  expect(parseOptions([])).toEqual({
    workload: 'T',
    backend: 'memory',
    against: 'effect',
    seconds: 3,
    clients: 1,
    json: false,
    help: false,
  })
})

test('every option is read, after a leading -- too', () => {
  const args = '-- --workload H --backend memory --against none --seconds 0.5 --clients 4 --json --help'.split(' ')
  const options = { workload: 'H', backend: 'memory', seconds: 0.5, clients: 4, json: true, help: true }
  expect(parseOptions(args)).toEqual(options)
  expect(parseOptions(args.slice(1))).toEqual(options)
})

test('a replay has no peer', () => {
  expect(parseOptions(['--workload', 'R'])).not.toHaveProperty('against')
  expect(() => parseOptions(['--workload', 'R', '--against', 'effect'])).toThrow(UsageError)
})

test.each([
  [['--workload', 'X'], '--workload is one of T, H, L, R, not "X"'],
  [['--workload', 'toString'], 'not "toString"'],
  [['--backend', 'disk'], '--backend is one of memory'],
  [['--against', 'luck'], '--against is one of effect, effect-update, none'],
  [['--seconds', '0'], '--seconds takes a number from 0.05 to 600'],
  [['--seconds', '3s'], 'not "3s"'],
  [['--seconds=-1'], '--seconds'],
  [['--seconds', 'Infinity'], '--seconds'],
  [['--clients', '1.5'], '--clients takes a whole number from 1 to 64, not "1.5"'],
  [['--clients', '0'], '--clients'],
  [['--workloads', 'T'], '--workloads'],
  [['T'], "'T'"],
])('%j is wrong usage', (args, message) => {
  expect(() => parseOptions(args)).toThrow(UsageError)
  expect(() => parseOptions(args)).toThrow(message)
})
