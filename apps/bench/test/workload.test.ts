import { expect, test } from 'vitest'
import { Transfers } from '../src/workload.js'

test.each([2, 3, 1_000])('transfers are between two different accounts of %i, and reach them all', (accounts) => {
  const from = new Set<number>()
  const to = new Set<number>()
  const transfers = new Transfers(accounts, 7)
  for (let n = 0; n < accounts * 30; n++) {
    transfers.next()
    expect(transfers.from).not.toBe(transfers.to)
    from.add(transfers.from)
    to.add(transfers.to)
  }
  const all = Array.from({ length: accounts }, (_, n) => n)
  expect([...from].sort((a, b) => a - b)).toEqual(all)
  expect([...to].sort((a, b) => a - b)).toEqual(all)
})

test('a loop makes the same transfers every time, another loop makes others', () => {
  const first = (seed: number) => {
    const transfers = new Transfers(1_000, seed)
    return Array.from({ length: 20 }, () => {
      transfers.next()
      return [transfers.from, transfers.to]
    })
  }
  expect(first(0)).toEqual(first(0))
  expect(first(0)).not.toEqual(first(1))
})
