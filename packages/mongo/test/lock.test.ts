import { LockLostError } from '@avout/core'
import type { Lock } from '@avout/core/backend'
import { type Server, shared } from '@avout/servers'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { mongo } from '../src/index.js'
import { clock, look, newRealm, openSession, until } from './open.js'

let server: Server
beforeAll(async () => {
  server = await shared('mongo')
})
afterAll(() => server.close())

const acquire = (lock: Lock, owner: string, lease = 10_000) => lock.acquire('write', { lease, owner })

/** A machine that stands still: nothing that sleeps on it wakes. */
const still = { now: () => 0, sleep: () => new Promise<void>(() => undefined) }

it('passes to the next when its holder is gone, by the time of the server', async () => {
  const realm = newRealm()
  const gone = await mongo(server.url).open({ realm, clock: still, report: () => undefined })
  const other = await openSession(server.url, realm)
  const first = await acquire(gone.lock('l'), 'gone', 700)
  const begun = performance.now()
  const next = await acquire(other.lock('l'), 'other')
  expect(performance.now() - begun).toBeGreaterThan(500)
  expect(next.token).toBeGreaterThan(first.token)
  await expect(first.release()).rejects.toThrow(LockLostError)
  expect(next.lost.aborted).toBe(false)
  await Promise.all([gone.close(), other.close()])
})

it('takes a place in the queue back with the session that waits in it, while there is a connection', async () => {
  const realm = newRealm()
  const holder = await openSession(server.url, realm)
  const lease = await acquire(holder.lock('l'), 'holder')
  for (let i = 0; i < 10; i++) {
    const gone = await openSession(server.url, realm)
    const waiting = Promise.allSettled([acquire(gone.lock('l'), 'gone')])
    await until(async () => (await holder.lock('l').queue()).length === 2, 'its place', 2000)
    const begun = performance.now()
    await gone.close()
    expect(performance.now() - begun).toBeLessThan(2000)
    expect((await holder.lock('l').queue()).map(({ owner }) => owner)).toEqual(['holder'])
    expect(await waiting).toMatchObject([{ status: 'rejected', reason: { code: 'AVOUT_CLOSED' } }])
  }
  await lease.release()
  await holder.close()
})

it('is told to be lost when somebody takes it away in the store', async () => {
  const realm = newRealm()
  const session = await openSession(server.url, realm)
  const lease = await acquire(session.lock('l'), 'o', 600)
  const stranger = look(server.url)
  await stranger.collection('locks').updateOne({ '_id.realm': realm }, { $set: { queue: [] } })
  await until(() => lease.lost.aborted, 'its loss', 2000)
  expect(lease.lost.reason).toBeInstanceOf(LockLostError)
  await Promise.all([stranger.close(), session.close()])
})

it('grants to many in turn, each once', async () => {
  const realm = newRealm()
  const sessions = await Promise.all([1, 2, 3, 4].map(() => openSession(server.url, realm)))
  let inside = 0
  const tokens: number[] = []
  await Promise.all(
    sessions.flatMap((session, s) =>
      [1, 2, 3, 4, 5].map(async (n) => {
        const lease = await acquire(session.lock('l'), `${s} ${n}`)
        expect(++inside).toBe(1)
        tokens.push(lease.token)
        await clock.sleep(2)
        inside--
        await lease.release()
      }),
    ),
  )
  expect(tokens).toEqual(tokens.toSorted((a, b) => a - b))
  expect(new Set(tokens).size).toBe(20)
  expect(await sessions[0]?.lock('l').queue()).toEqual([])
  await Promise.all(sessions.map((session) => session.close()))
})
