import { type Server, shared } from '@avout/servers'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { postgres } from '../src/index.js'
import { eventually, newRealm, openSession, ownClient } from './open.js'

let server: Server
beforeAll(async () => {
  server = await shared('postgres')
})
afterAll(() => server.close())

it('queues again whose claim has ended while it waited, as that of a process that stood still does', async () => {
  const realm = newRealm()
  const session = await openSession(postgres({ connectionString: server.url }), realm)
  const lock = session.lock('l')
  const held = await lock.acquire('write', { lease: 10_000, owner: 'holder' })
  const waiting = lock.acquire('write', { lease: 1_000, owner: realm })
  const place = async () => (await lock.queue()).find(({ holds }) => !holds)
  await eventually('it waits', async () => (await place()) !== undefined)
  const before = await place()
  await using client = await ownClient(server.url)
  await client.query('delete from avout.lock_claims where owner = $1', [realm])
  await eventually('it waits again', async () => ((await place())?.since ?? 0) > (before?.since ?? 0))
  await held.release()
  const lease = await waiting
  expect(lease.token).toBeGreaterThan(held.token)
  await lease.release()
  await session.close()
})
