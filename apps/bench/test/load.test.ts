import { expect, test } from 'vitest'
import { Load, WrongBalanceError } from '../src/load.js'

const workload = { accounts: 2, concurrency: 1 }

function oneTransfer(): Load {
  const load = new Load(workload, [5, 5], 60_000)
  const transfers = load.loop(0)
  const started = load.begin(transfers)
  expect([transfers.from, transfers.to]).toEqual([1, 0])
  load.done(transfers, started)
  return load
}

test('accepts what the acknowledged transfers left, and nothing else', () => {
  const load = oneTransfer()
  load.check([6, 4], 'it')
  expect(() => load.check([6, 5], 'it')).toThrow('it: the sum of all accounts is 11, not 10')
  expect(() => load.check([5, 5], 'it')).toThrow('it: account 0 holds 5, the acknowledged transfers make it 6')
  expect(() => load.check([6, 4, 0], 'it')).toThrow(WrongBalanceError)
  expect(() => load.check([], 'it')).toThrow(WrongBalanceError)
  expect(() => load.check([Number.NaN, 4], 'it')).toThrow(WrongBalanceError)
})

test('takes down how many there were and how long they took', () => {
  const load = oneTransfer()
  expect(load.transactions).toBe(1)
  expect(load.latencies()).toHaveLength(1)
  expect(load.latencies()[0]).toBeGreaterThanOrEqual(0)
  expect(load.elapsed).toBeGreaterThanOrEqual(load.latencies()[0] as number)
})

test('of one account pays into it, so often as it is told', () => {
  const load = new Load({ accounts: 1, concurrency: 1 }, [7], Number.POSITIVE_INFINITY, 0, 2)
  const transfers = load.loop(0)
  for (let i = 0; i < 2; i++) load.done(transfers, load.begin(transfers))
  expect(load.begin(transfers)).toBe(0)
  load.check([9], 'it')
  expect(() => load.check([8], 'it')).toThrow('it: the sum of all accounts is 8, not 9')
})

test('is over when its time is, and there is something to tell of it', () => {
  const load = new Load(workload, [5, 5], 0)
  const transfers = load.loop(0)
  expect(load.begin(transfers)).toBeGreaterThan(0)
  load.done(transfers, performance.now())
  expect(load.begin(transfers)).toBe(0)
})

test('keeps a bounded sample, drawn from the whole round', () => {
  const load = new Load(workload, [5, 5], 60_000)
  const transfers = load.loop(0)
  const most = 1 << 18
  load.begin(transfers)
  for (let n = 0; n < most; n++) load.done(transfers, performance.now())
  for (let n = 0; n < most; n++) load.done(transfers, performance.now() - 1_000)
  const latencies = load.latencies()
  expect(latencies).toHaveLength(most)
  const late = latencies.filter((ms) => ms >= 1_000).length
  expect(late / most).toBeGreaterThan(0.45)
  expect(late / most).toBeLessThan(0.55)
})
