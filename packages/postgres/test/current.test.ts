import type { Head } from '@avout/core/backend'
import { shared } from '@avout/servers'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { postgres } from '../src/index.js'
import { databaseOf, newRealm, openSession, ownClient } from './open.js'

let server: Awaited<ReturnType<typeof shared>>
beforeAll(async () => {
  server = await shared('postgres')
})
afterAll(() => server.close())

const head = (ref: string, position: number, value?: number): Head => ({
  ref,
  version: `v${position}`,
  position,
  value,
})

it('shows current values to whoever reads the database, and never goes back', async () => {
  const realm = newRealm()
  const session = await openSession(postgres(server.url), realm)
  await using client = await ownClient(server.url)
  const set = (...heads: Head[]) => session.versions.setCurrent?.(heads)
  const shown = async () => {
    const text = 'select ref, value, position::int from avout.current_values where realm = $1 order by ref'
    return (await client.query({ text, values: [realm], rowMode: 'array' })).rows
  }
  await set(head('/a', 3, 30), head('/b', 4, 40))
  await set(head('/a', 2, 20))
  await set(head('/a', 3, 31))
  expect(await shown()).toEqual([
    ['/a', 30, 3],
    ['/b', 40, 4],
  ])
  // A deletion, then what is older than it.
  await set(head('/b', 7))
  await set(head('/b', 6, 60))
  // Twice in one batch: the newest counts.
  await set(head('/a', 9, 90), head('/a', 8, 80), head('/c', 1, 10))
  expect(await shown()).toEqual([
    ['/a', 90, 9],
    ['/c', 10, 1],
  ])
  await set(head('/b', 8, 80))
  expect((await shown())[1]).toEqual(['/b', 80, 8])
  await session.close()
})

it('never deadlocks, in whatever order its writers come', async () => {
  const database = `deadlocks_${process.pid}`
  await using admin = await ownClient(server.url)
  await admin.query(`create database ${database}`)
  const url = databaseOf(server.url, database)
  const realm = newRealm()
  const sessions = await Promise.all([0, 1, 2, 3].map(() => openSession(postgres(url), realm)))
  const refs = Array.from({ length: 60 }, (_, i) => `r${i}`)
  await Promise.all(
    sessions.map(async ({ log, versions }, writer) => {
      for (let round = 0; round < 15; round++) {
        const order = refs.toSorted(() => Math.random() - 0.5)
        const values = order.map((ref) => ({ ref, version: `${round}`, value: writer }))
        await Promise.all([
          log.appendWith?.(new Uint8Array(1), 0, values),
          versions.setMany?.(values),
          versions.setCurrent?.(values.map((value) => ({ ...value, position: 4 * round + writer }))),
          versions.deleteMany?.(order.map((ref) => ({ ref, version: `${round - 1}` }))),
        ])
      }
    }),
  )
  await Promise.all(sessions.map((session) => session.close()))
  const text = 'select deadlocks::int as n from pg_stat_database where datname = $1'
  const { rows } = await admin.query<{ n: number }>(text, [database])
  expect(rows[0]?.n).toBe(0)
  await admin.query(`drop database ${database} with (force)`)
})
