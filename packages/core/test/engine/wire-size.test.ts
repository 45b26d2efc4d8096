import { expect, test } from 'vitest'
import type { Avout } from '../../src/index.js'
import { World } from './world.js'

/*
 * What the hot path puts on the wire, measured and then fixed: a transfer reads and writes two refs of short names that hold
 * numbers. Whoever makes records larger is to know it.
 */

/** A transfer between two of some accounts. */
function transfer(avout: Avout, i: number, accounts: number): Promise<void> {
  const account = (n: number) => avout.ref(`/accounts/${n % accounts}`, 1_000)
  return avout.dosync(async (tx) => {
    await Promise.all([tx.alter(account(2 * i), (n) => n - 7), tx.alter(account(2 * i + 1), (n) => n + 7)])
  })
}

async function bytesOf(transfers: number, accounts = 1_000): Promise<number[]> {
  const world = new World()
  const avout = await world.connect()
  const founding = world.records().length
  // The first round writes what nobody wrote, the second what a record in the log has written.
  for (let round = 0; round < 2; round++) {
    await world.wait(Promise.all(Array.from({ length: transfers }, (_, i) => transfer(avout, i, accounts))))
  }
  return world
    .records()
    .slice(founding)
    .map((record) => new TextEncoder().encode(record).length)
}

const atMost = (...bounds: number[]) => bounds.map((bound) => ({ asymmetricMatch: (size: number) => size <= bound }))

test('a record of one transfer: 159 bytes, 167 with versions to expect', async () => {
  expect(await bytesOf(1)).toEqual(atMost(159, 167))
})

test('a transfer in a record of 50: 69 bytes, 79 with versions to expect', async () => {
  const sizes = await bytesOf(50)
  expect(sizes.map((size) => size / 50)).toEqual(atMost(69, 79))
})

test('transfers over the same two refs in one record: 79 bytes, as versions in flight are short', async () => {
  const sizes = await bytesOf(50, 2)
  expect(sizes.map((size) => size / 50)).toEqual(atMost(79, 79))
})
