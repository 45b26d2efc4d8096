import { UsageError } from '@avout/cli'
import { expect, test } from 'vitest'
import { parseOptions } from '../src/options.js'

test('without arguments: T on memory against Effect for 3 s', () => {
  expect(parseOptions([])).toEqual({
    workload: 'T',
    backend: 'memory',
    driver: 'node-zookeeper-client',
    against: ['effect'],
    seconds: 3,
    rounds: 5,
    clients: 1,
    processes: 1,
    json: false,
    help: false,
  })
})

test('every option is read, after a leading -- too', () => {
  const args =
    '-- --workload H --backend redis --kind redis-everysec --against none --seconds 0.5 --rounds 2 --clients 4 --processes 3 --json --help'.split(
      ' ',
    )
  const options = {
    workload: 'H',
    backend: 'redis',
    kind: 'redis-everysec',
    driver: 'node-zookeeper-client',
    against: [],
    seconds: 0.5,
    rounds: 2,
    clients: 4,
    processes: 3,
    json: true,
    help: true,
  }
  expect(parseOptions(args)).toEqual(options)
  expect(parseOptions(args.slice(1))).toEqual(options)
})

test('C counts by time, or up to a total', () => {
  expect(parseOptions(['--workload', 'C'])).toMatchObject({ against: ['alter'], rounds: 5 })
  expect(parseOptions(['--workload', 'C', '--total', '1000000'])).toMatchObject({ total: 1_000_000, rounds: 1 })
  expect(() => parseOptions(['--total', '5'])).toThrow('--total is for --workload C, not T')
})

test('a replay has no peer', () => {
  expect(parseOptions(['--workload', 'R']).against).toEqual([])
  expect(() => parseOptions(['--workload', 'R', '--against', 'effect'])).toThrow(UsageError)
})

test.each([
  [['--workload', 'X'], '--workload is one of T, H, L, A, AH, C, K, KL, R, not "X"'],
  [['--workload', 'toString'], 'not "toString"'],
  [['--backend', 'disk'], '--backend is one of memory'],
  [['--against', 'luck'], '--against is one of peers, none, effect, '],
  [['--driver', 'zookeeper'], '--driver is for --backend zookeeper: memory has one driver'],
  [['--kind', 'redis'], '--kind is for backends on a server: memory needs none'],
  [['--backend', 'redis', '--kind', 'mongo'], '--kind of redis is one of redis, redis-everysec'],
  [['--processes', '2'], '--processes needs a backend that processes share'],
  [
    ['--backend', 'redis', '--workload', 'L', '--processes', '2'],
    '--processes is for --workload T, H, AH or C: L has one caller',
  ],
  [['--backend', 'redis', '--workload', 'K', '--processes', '2'], 'is in the memory of one process'],
  [['--connections', '4'], '--connections is for peers that have a pool'],
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
