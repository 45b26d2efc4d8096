import { testRealm } from '@avout/core/testing'
import { expect, it } from 'vitest'
import { arrive, countDown, opened } from '../src/22-barrier.js'

it('opens a latch when all have counted down', async () => {
  await using realm = testRealm({ clock: 'manual' })
  const clients = await Promise.all([1, 2, 3].map(() => realm.connect()))
  let isOpen = false
  const [first] = clients as [(typeof clients)[0]]
  const waiting = opened(first, first.ref('/ready', 3)).then(() => {
    isOpen = true
  })
  for (const [i, client] of clients.entries()) {
    await realm.advance(1_000)
    expect([i, isOpen]).toEqual([i, false])
    await countDown(client, client.ref('/ready', 3))
  }
  await waiting
  await opened(first, first.ref('/ready', 3))
})

it('lets nobody past a barrier before all are there, round after round', async () => {
  await using realm = testRealm()
  const clients = await Promise.all([1, 2, 3].map(() => realm.connect()))
  const passed: number[] = []
  let working = 0
  await Promise.all(
    clients.map(async (client, i) => {
      for (let round = 1; round <= 3; round++) {
        working++
        await new Promise((resolve) => setTimeout(resolve, 3 * i))
        expect(await arrive(client, clients.length)).toBe(round)
        expect(working).toBeGreaterThanOrEqual(clients.length * round)
        passed.push(round)
      }
    }),
  )
  expect(passed.toSorted()).toEqual([1, 1, 1, 2, 2, 2, 3, 3, 3])
})
