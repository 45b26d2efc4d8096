import { shared } from '@avout/servers'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { postgres } from '../src/index.js'
import { bytes, eventually, newRealm, openSession } from './open.js'

let server: Awaited<ReturnType<typeof shared>>
beforeAll(async () => {
  server = await shared('postgres')
})
afterAll(() => server.close())

/** Whoever would have to look for news would find none within a test. */
const open = (realm: string) => openSession(postgres({ connectionString: server.url, poll: 2 ** 30 }), realm)

it('hears of appends, states and locks by notification', async () => {
  const realm = newRealm()
  const [session, other] = [await open(realm), await open(realm)]
  let woken = 0
  let changed = 0
  await session.log.subscribe(() => woken++)
  await session.state('s').watchState?.(() => changed++)
  // Once it listens it is woken, for what it may have missed.
  await eventually('it listens', () => woken > 0 && changed > 0)
  for (let i = 0; i < 5; i++) {
    const before = [woken, changed] as const
    await other.log.append(bytes('a'), i)
    await other.state('s').setState(i)
    await eventually('both are told', () => woken > before[0] && changed > before[1], 5000)
  }
  const held = await other.lock('l').acquire('write', { lease: 30_000, owner: 'other' })
  const waiting = session.lock('l').acquire('write', { lease: 30_000, owner: 'session' })
  await eventually('it waits', async () => (await other.lock('l').queue()).length === 2)
  await held.release()
  expect((await waiting).token).toBeGreaterThan(held.token)
  await Promise.all([session.close(), other.close()])
})

it('shares one notification among many appends', async () => {
  const realm = newRealm()
  const [session, other] = [await open(realm), await open(realm)]
  let woken = 0
  await session.log.subscribe(() => woken++)
  await eventually('it listens', () => woken > 0)
  const before = woken
  await Promise.all(Array.from({ length: 200 }, () => other.log.append(bytes('a'), 0)))
  // What was not told yet is told before the connections are closed.
  await other.close()
  await eventually('it is told', () => woken > before, 5000)
  expect(woken - before).toBeLessThan(100)
  await session.close()
})
