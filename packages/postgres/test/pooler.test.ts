import { type OwnServer, start } from '@avout/servers'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Connection } from '../src/connection.js'
import { postgres } from '../src/index.js'
import { settingsOf } from '../src/options.js'
import { bytes, eventually, newRealm, openSession } from './open.js'

let server: OwnServer
beforeAll(async () => {
  server = await start('pgbouncer')
})
afterAll(() => server.close())

it('tells a pooler from a server', async () => {
  const [bouncer, direct] = server.nodes as [OwnServer, OwnServer]
  for (const [url, pooler] of [
    [bouncer.url, true],
    [direct.url, false],
  ] as const) {
    const connection = new Connection(settingsOf(url))
    await connection.examine()
    expect(connection.pooler).toBe(pooler)
    await connection.close()
  }
})

/** `false` is what a user may say by mistake: prepared statements then go to connections that do not know them. */
it.each([undefined, false])('works behind a pooler where the option is %s', async (pooler) => {
  const realm = newRealm()
  const options = { connectionString: server.url, max: 3, pooler }
  const sessions = await Promise.all(Array.from({ length: 8 }, () => openSession(postgres(options), realm)))
  await Promise.all(
    sessions.map(async ({ log, versions, counter }, i) => {
      for (let n = 0; n < 25; n++) {
        await Promise.all([
          log.appendWith?.(bytes(`${i}`), 0, [{ ref: `${i}`, version: `${n}`, value: n }]),
          log.tail(),
          counter('c').next(),
          versions.getMany?.([{ ref: `${i}`, version: `${n - 1}` }]),
        ])
      }
    }),
  )
  expect(await sessions[0]?.log.tail()).toBe(200)
  expect(await sessions[0]?.counter('c').current()).toBe(200)
  await Promise.all(sessions.map((session) => session.close()))
})

it('gives a lock to one at a time, although clients share connections', async () => {
  const realm = newRealm()
  const sessions = await Promise.all(
    [0, 1, 2].map(() => openSession(postgres({ connectionString: server.url, max: 2 }), realm)),
  )
  let inside = 0
  await Promise.all(
    sessions.map(async (session, i) => {
      for (let n = 0; n < 4; n++) {
        const lease = await session.lock('l').acquire('write', { lease: 5000, owner: `${i}` })
        expect(++inside).toBe(1)
        await session.ping()
        inside--
        await lease.release()
      }
    }),
  )
  await Promise.all(sessions.map((session) => session.close()))
})

it('looks for news, since LISTEN delivers nothing', async () => {
  const realm = newRealm()
  const [session, other] = [
    await openSession(postgres(server.url), realm),
    await openSession(postgres(server.url), realm),
  ]
  let woken = 0
  let changed = 0
  await session.log.subscribe(() => woken++)
  await session.state('s').watchState?.(() => changed++)
  // For longer than it takes to find out that nothing is pushed.
  const end = performance.now() + 3000
  for (let i = 0; performance.now() < end; i++) {
    const before = [woken, changed] as const
    await other.log.append(bytes('a'), i)
    await other.state('s').setState(i)
    await eventually('both are told', () => woken > before[0] && changed > before[1])
  }
  await Promise.all([session.close(), other.close()])
})
