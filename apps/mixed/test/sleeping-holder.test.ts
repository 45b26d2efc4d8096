import { connect, type HeldLock } from '@avout/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openServers, serverNames } from '../src/stores.js'
import { newRealm, type Place, placeOfServers } from './support/places.js'
import { Sleeper } from './support/sleeper.js'

let place: Place
beforeAll(async () => {
  place = await placeOfServers()
}, 120_000)
afterAll(() => place[Symbol.asyncDispose]())

/** Milliseconds. */
const lease = 1_500
const [kept, returned] = ['/kept', '/returned'] as const

test.each(serverNames)(
  '%s: who sleeps through its lease wakes up without the lock, and commits nothing as its holder',
  async (store) => {
    const realm = newRealm()
    await using client = await connect({ coordinator: openServers(place.urls)[store], realm, timeout: 30_000 })
    const write = (held: HeldLock) =>
      client.dosync((tx) => {
        tx.requires(held)
        tx.set(client.ref(held.name, ''), 'the next')
      })

    using sleeper = await Sleeper.start({ urls: place.urls, realm, store, locks: [kept, returned], lease })
    expect(await client.lock(kept).queue()).toMatchObject([{ client: 'sleeper', holds: true }])
    sleeper.sleep()
    const locks = [kept, returned].map((name) => client.lock(name, { recorded: true }))
    const next = await Promise.all(locks.map((lock) => lock.acquire()))
    for (const [i, held] of next.entries()) {
      expect(held.token).toBeGreaterThan(sleeper.tokens[i] as number)
      await write(held)
    }
    // One is held when it wakes; the other is free, so that nobody but the log knows that it had another holder.
    await next[1]?.release()

    const woken = await sleeper.wake()
    for (const [i, { token, refused, lost }] of woken.entries()) {
      expect(token).toBe(sleeper.tokens[i])
      expect(refused).toEqual({ underWay: true, later: true, release: true })
      expect(lost).toBe('AVOUT_LOCK_LOST')
    }
    expect(next[0]?.signal.aborted).toBe(false)
    await write(next[0] as HeldLock)
    await next[0]?.release()
    for (const name of [kept, returned]) expect(await client.ref(name, '').deref()).toBe('the next')
  },
)
