import { expect, test } from 'vitest'
import { defaultInput, parseOptions, UsageError } from '../src/options.js'
import { inMemory, onFour } from '../src/stores/assignment.js'

test('without arguments: 8 clients, every order of the shipped file', () => {
  const defaults = { hello: false, assignment: inMemory, clients: 8, processes: 1, input: defaultInput, help: false }
  expect(parseOptions([])).toEqual(defaults)
})

test('every option is read, after a leading -- too', () => {
  const args = [
    '--all',
    '--clients',
    '3',
    '--processes',
    '2',
    '--orders',
    '50',
    '--input',
    'a.csv',
    '--hello',
    '--help',
  ]
  const options = { hello: true, assignment: onFour, clients: 3, processes: 2, orders: 50, input: 'a.csv', help: true }
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
  [
    ['--orders', 'oracle'],
    '--orders takes a store (memory, redis, postgres, mongo, zookeeper), or a number, not "oracle"',
  ],
  [['--log', 'etcd'], '--log takes a store (memory, redis, postgres, mongo, zookeeper), not "etcd"'],
  [['--stock', ''], '--stock takes a store'],
  [['--processes', '2'], '--processes 2 needs stores that processes share'],
  [['--all', '--payments', 'memory', '--processes', '2'], 'memory is one process'],
  [['--all', '--clients', '3', '--processes', '4'], '--processes 4 is more than --clients 3'],
  [['--processes', '0'], '--processes takes a whole number from 1 to 64'],
  [['orders.csv'], 'orders.csv'],
])('%j is wrong usage', (args, message) => {
  expect(() => parseOptions(args)).toThrow(UsageError)
  expect(() => parseOptions(args)).toThrow(message)
})

test.each([
  [['--log', 'redis'], { log: 'redis', stock: 'redis', orders: 'redis', payments: 'redis' }],
  [['--stock', 'mongo'], { ...inMemory, stock: 'mongo' }],
  [['--all', '--stock', 'mongo'], { ...onFour, stock: 'mongo' }],
  [['--all'], onFour],
])('%j keeps the parts where it says', (args, assignment) => {
  expect(parseOptions(args).assignment).toEqual(assignment)
})

test('--orders says where, and how many', () => {
  const options = parseOptions(['--orders', 'postgres', '--orders', '7'])
  expect(options.assignment).toEqual({ ...inMemory, orders: 'postgres' })
  expect(options.orders).toBe(7)
})

test('as many desks as processes, if nobody says how many', () => {
  expect(parseOptions(['--all', '--processes', '12'])).toMatchObject({ clients: 12, processes: 12 })
})
