import { expect, test } from 'vitest'
import { History } from './history.js'

const W = 4

function history(): History {
  const log = new History(W)
  log.fillTo(5)
  return log
}

const named = (id: string | number) => ({ id, reads: [['/x', '']] }) as const

test('an id commits once, whoever uses it', () => {
  const log = history()
  expect(log.append({ txs: [named('pay')] })).toEqual(['valid'])
  expect(log.append({ txs: [named('pay'), named('pay 2')] })).toEqual(['pay', 'valid'])
  expect(log.append({ client: 'b', txs: [named('pay')] })).toEqual(['pay'])
  expect(log.lastConflicts).toEqual([{ on: 'pay', rival: undefined }])
})

test('once in one record', () => {
  const log = history()
  expect(log.append({ txs: [named('pay'), named('pay'), named('')] })).toEqual(['valid', 'pay', 'valid'])
  expect(log.append({ txs: [named('')] })).toEqual([''])
})

test('one that lost has not used its id', () => {
  const log = history()
  expect(log.append({ txs: [{ id: 'pay', reads: [['/x', '*']] }] })).toEqual(['/x'])
  expect(log.append({ h: 'lost', txs: [named('pay')] })).toEqual([''])
  expect(log.append({ txs: [named('pay')] })).toEqual(['valid'])
})

test('it is remembered for W positions', () => {
  const log = history()
  log.append({ txs: [named('pay')] }) // at 6
  log.fillTo(9)
  expect(log.append({ txs: [named('pay')] })).toEqual(['pay']) // at 10
  expect(log.append({ txs: [named('pay')] })).toEqual(['valid']) // at 11
  log.fillTo(14)
  expect(log.append({ txs: [named('pay')] })).toEqual(['pay']) // at 15
})

test("a client's own numbers are no ids: two clients count alike", () => {
  const log = history()
  expect(log.append({ txs: [named(1)] })).toEqual(['valid'])
  expect(log.append({ client: 'b', txs: [named(1), named(1)] })).toEqual(['valid', 'valid'])
  expect(log.append({ txs: [named('1')] })).toEqual(['valid'])
})

test('a conflict on a ref is told before one on the id', () => {
  const log = history()
  log.append({ txs: [{ id: 'pay', writes: [['/x', '']] }] })
  expect(log.append({ client: 'b', txs: [{ id: 'pay', writes: [['/x', '']] }] })).toEqual(['/x'])
})

test('whether a client committed its own number is known while the window lasts', () => {
  const log = history()
  log.append({ txs: [named(7), { id: 8, reads: [['/x', '*']] }, named('pay')] }) // at 6
  const committed = (client: string, number: number): boolean => log.own.window.hasCommitted(client, number)
  expect([committed('a', 7), committed('a', 8), committed('a', 9), committed('b', 7)]).toEqual([
    true,
    false,
    false,
    false,
  ])
  log.fillTo(10)
  expect(committed('a', 7)).toBe(true)
  log.fillTo(11)
  expect(committed('a', 7)).toBe(false)
})
