import { LogDivergedError } from '@avout/core'
import { shared } from '@avout/servers'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { postgres } from '../src/index.js'
import { bytes, eventually, newRealm, openSession, ownClient, textOf } from './open.js'

let server: Awaited<ReturnType<typeof shared>>
beforeAll(async () => {
  server = await shared('postgres')
})
afterAll(() => server.close())

const open = (realm?: string) => openSession(postgres(server.url), realm)

it('answers what was appended while it waited for its turn', async () => {
  const realm = newRealm()
  const session = await open(realm)
  await using client = await ownClient(server.url)
  await client.query('begin')
  const text = `select avout.append(r.id, 'first', array[5], 0, 0, 1000, null, null, null) from avout.realms r where r.name = $1`
  await client.query(text, [realm])
  const second = session.log.append(bytes('second'), 0)
  await eventually('waiting for the lock', async () => {
    const { rows } = await client.query<{ n: number }>(
      `select count(*)::int as n from pg_locks where locktype = 'advisory' and not granted`,
    )
    return (rows[0]?.n ?? 0) > 0
  })
  await client.query('commit')
  const { position, missed } = await second
  expect([position, ...missed.map((entry) => `${entry.position} ${textOf(entry)}`)]).toEqual([2, '1 first'])
  await session.close()
})

it('sends what is asked for meanwhile together, in order, and answers each as if it were alone', async () => {
  const realm = newRealm()
  const [session, other] = [await open(realm), await open(realm)]
  await other.log.append(bytes('other'), 0)
  const appended = await Promise.all(
    ['a', 'b', 'c', 'd'].map((name, i) => session.log.append(bytes(name), i > 2 ? 1 : 0)),
  )
  expect(appended.map(({ position }) => position)).toEqual([2, 3, 4, 5])
  expect(appended.map(({ missed }) => missed.map(textOf).join())).toEqual(['other', 'other,a', 'other,a,b', 'a,b,c'])
  expect((await other.log.read(0, 10)).map(textOf)).toEqual(['other', 'a', 'b', 'c', 'd'])
  await Promise.all([session.close(), other.close()])
})

it('refuses only the one of several that knows too much, and stores nothing of it', async () => {
  const session = await open()
  const appendWith = session.log.appendWith?.bind(session.log)
  const outcomes = await Promise.allSettled(
    [0, 0, 99, 0].map((after, i) => appendWith?.(bytes(`${i}`), after, [{ ref: 'r', version: `${i}`, value: i }])),
  )
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled'])
  expect(outcomes[2]?.status === 'rejected' && outcomes[2].reason).toBeInstanceOf(LogDivergedError)
  expect((await session.log.read(0, 10)).map(textOf)).toEqual(['0', '1', '3'])
  const stored = await session.versions.getMany?.([0, 1, 2, 3].map((i) => ({ ref: 'r', version: `${i}` })))
  expect(stored).toEqual([0, 1, undefined, 3])
  await session.close()
})

it('keeps the first value of a version that comes again with another append', async () => {
  const session = await open()
  const values = (value: number) => ['a', 'b\n"\\', 'c'].map((ref) => ({ ref, version: '1', value }))
  await session.versions.container('c').setStateAt(0, '1')
  await session.log.appendWith?.(bytes('1'), 0, values(1))
  await session.log.appendWith?.(bytes('2'), 1, [...values(2), ...values(3), { ref: 'd', version: '1', value: 4 }])
  const stored = await session.versions.getMany?.(['a', 'b\n"\\', 'c', 'd'].map((ref) => ({ ref, version: '1' })))
  expect(stored).toEqual([1, 1, 0, 4])
  expect(await session.log.tail()).toBe(2)
  await session.close()
})

it('neither notifies within an append nor writes a row that counts', async () => {
  await (await open()).close()
  await using client = await ownClient(server.url)
  const { rows } = await client.query<{ text: string }>(
    `select prosrc as text from pg_proc where oid = 'avout.append'::regproc`,
  )
  // A transaction that notifies holds a lock of the whole server through its flush; a counted row crawls behind an old snapshot.
  expect(rows[0]?.text).not.toMatch(/notify/i)
  expect(rows[0]?.text).not.toMatch(/\bupdate\b/i)
})

it('is durable also where the role asks for less', async () => {
  const database = `lazy_${process.pid}`
  await using admin = await ownClient(server.url)
  await admin.query(`create database ${database}`)
  await admin.query(`alter database ${database} set synchronous_commit = off`)
  const url = new URL(server.url)
  url.pathname = `/${database}`
  const session = await openSession(postgres(url.href))
  await using client = await ownClient(url.href)
  // As it is when the transaction commits.
  await client.query('begin')
  await client.query(`select avout.append(1, 'a', array[1], 0, 0, 1000, null, null, null)`)
  const { rows } = await client.query<{ synchronous_commit: string }>('show synchronous_commit')
  await client.query('rollback')
  expect(rows[0]?.synchronous_commit).toBe('on')
  await session.close()
  await client.end()
  await admin.query(`drop database ${database} with (force)`)
})

it('vacuums by itself every ten trims', async () => {
  const session = await open()
  await using client = await ownClient(server.url)
  const vacuums = async () => {
    const text = `select vacuum_count::int as n from pg_stat_user_tables where schemaname = 'avout' and relname = 'log'`
    return (await client.query<{ n: number }>(text)).rows[0]?.n ?? 0
  }
  const before = await vacuums()
  for (let i = 0; i < 12; i++) await session.log.append(bytes('a'), i)
  for (let below = 2; below < 12; below++) await session.log.trim(below)
  await eventually('a vacuum', async () => (await vacuums()) > before)
  await session.close()
})
