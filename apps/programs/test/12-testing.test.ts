import { ConflictError, connect, defineRef } from '@avout/core'
import { testRealm } from '@avout/core/testing'
import { memory } from '@avout/memory'
import { expect, test, vi } from 'vitest'
import { accounts, transfer } from '../src/02-bank.js'

test('a transfer keeps the sum', async () => {
  await using avout = await connect({ coordinator: memory() })
  await avout.dosync((tx) => {
    tx.set(accounts('a'), { owner: 'A', balance: 100 })
  })
  await transfer(avout, 'a', 'b', 30)
  const all = await avout.read((tx) => tx.entries(accounts))
  expect(all.reduce((sum, [, account]) => sum + account.balance, 0)).toBe(100)
})

test('two clients, a conflict, a lost acknowledgement, virtual time', async () => {
  await using realm = testRealm({ clock: 'manual', seed: 1 })
  const one = await realm.connect()
  const two = await realm.connect()
  const n = defineRef('/n', 0)
  const body = vi.fn()
  realm.conflictNext()
  realm.loseNextAck()
  await Promise.all(
    [one, two].map((avout) =>
      avout.dosync(async (tx) => {
        body(tx.attempt)
        await tx.alter(n, (x) => x + 1)
      }),
    ),
  )
  expect(await one.ref(n).deref()).toBe(2)
  expect(body.mock.calls.length).toBeGreaterThan(2)
  const parked = one.dosync(async (tx) => ((await tx.get(n)) < 9 ? tx.retry() : 'done'), { timeout: 1_000 })
  await realm.advance(60_000)
  realm.crash(two)
  await one.dosync((tx) => tx.set(n, 9))
  expect(await parked).toBe('done')
  const never = one.dosync((tx) => tx.alter(n, (x) => x + 1), { maxAttempts: 0 })
  await expect(never).rejects.toSatisfy((error) => ConflictError.isInstance(error))
})
