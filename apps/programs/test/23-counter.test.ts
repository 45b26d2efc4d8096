import { testRealm } from '@avout/core/testing'
import { expect, it } from 'vitest'
import { invoice, issued, tickets } from '../src/23-counter.js'

it('gives out each number once', async () => {
  await using realm = testRealm()
  const clients = await Promise.all([1, 2, 3].map(() => realm.connect()))
  const drawn = await Promise.all(
    clients.map(async (client) => {
      const numbers: number[] = []
      for await (const number of tickets(client, 10)) if (numbers.push(number) === 25) break
      return numbers
    }),
  )
  expect(new Set(drawn.flat()).size).toBe(75)
  expect(Math.max(...drawn.flat())).toBeLessThanOrEqual(90)
})

it('numbers invoices without a gap', async () => {
  await using realm = testRealm()
  const clients = await Promise.all([1, 2, 3].map(() => realm.connect()))
  const [first] = clients as [(typeof clients)[0]]
  realm.conflictNext(2)
  await Promise.all(clients.flatMap((client) => [1, 2, 3].map((n) => invoice(client, 'c', n * 100))))
  await expect(invoice(first, 'c', Number.NaN)).rejects.toThrow()
  await invoice(first, 'c', 5)
  expect(await issued(first)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
})
