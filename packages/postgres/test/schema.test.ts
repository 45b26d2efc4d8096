import { IncompatibleError } from '@avout/core'
import { shared } from '@avout/servers'
import { Pool } from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { migration, postgres } from '../src/index.js'
import { bytes, openSession, ownClient } from './open.js'

let server: Awaited<ReturnType<typeof shared>>
beforeAll(async () => {
  server = await shared('postgres')
})
afterAll(() => server.close())

let schemas = 0
/** A schema that is dropped with the scope. */
async function newSchema() {
  const schema = `It's "${process.pid}" ${schemas++}`
  return {
    schema,
    [Symbol.asyncDispose]: async () => {
      await using client = await ownClient(server.url)
      await client.query(`drop schema if exists "${schema.replaceAll('"', '""')}" cascade`)
    },
  }
}

it('makes its schema once, however many begin at the same moment', async () => {
  await using made = await newSchema()
  const { schema } = made
  const sessions = await Promise.all(
    Array.from({ length: 8 }, () => openSession(postgres({ connectionString: server.url, schema, max: 1 }), 'r')),
  )
  await Promise.all(sessions.map(({ log }) => log.append(bytes('a'), 0)))
  expect(await sessions[0]?.log.tail()).toBe(8)
  await Promise.all(sessions.map((session) => session.close()))
})

it('says what is missing where it must not make it, and works once that was run by hand', async () => {
  await using made = await newSchema()
  const { schema } = made
  const backend = postgres({ connectionString: server.url, schema, migrate: false })
  const refused = openSession(backend)
  await expect(refused).rejects.toThrow(IncompatibleError)
  await expect(refused).rejects.toThrow(/lacks schema_version, realms, log, .*migration\(/)
  await using client = await ownClient(server.url)
  await client.query(migration(schema))
  await client.query(migration(schema)) // again: nothing is lost
  const session = await openSession(backend)
  expect((await session.log.append(bytes('a'), 0)).position).toBe(1)
  await session.close()
})

it('brings a schema of version 1 up to date, with who stands in a queue there', async () => {
  await using made = await newSchema()
  const { schema } = made
  const quoted = `"${schema.replaceAll('"', '""')}"`
  await using client = await ownClient(server.url)
  await client.query(migration(schema))
  await client.query(`alter table ${quoted}.lock_claims drop column since; update ${quoted}.schema_version set version = 1;
    insert into ${quoted}.realms (name) values ('r');
    insert into ${quoted}.lock_claims (realm, lock, owner, writes, token, expires)
      select id, 'l', 'old', true, 1, clock_timestamp() + interval '1 minute' from ${quoted}.realms`)
  const session = await openSession(postgres({ connectionString: server.url, schema }), 'r')
  const [old] = await session.lock('l').queue()
  expect(old).toMatchObject({ owner: 'old', holds: true })
  expect(Math.abs((old?.since ?? 0) - Date.now())).toBeLessThan(600_000)
  await session.close()
})

it('needs no more rights than the README names', async () => {
  await using made = await newSchema()
  const { schema } = made
  const quoted = `"${schema.replaceAll('"', '""')}"`
  const role = `least_${process.pid}`
  await using client = await ownClient(server.url)
  await client.query(migration(schema))
  await client.query(`create role ${role} login`)
  const url = new URL(server.url)
  url.username = role
  const backend = postgres({ connectionString: url.href, schema, migrate: false })
  try {
    await expect(openSession(backend)).rejects.toThrow(IncompatibleError)
    await client.query(`grant usage on schema ${quoted} to ${role};
      grant select, insert, update, delete on all tables in schema ${quoted} to ${role};
      grant usage on all sequences in schema ${quoted} to ${role}`)
    const session = await openSession(backend)
    const values = [{ ref: 'r', version: '1', value: 1 }]
    for (let i = 0; i < 12; i++) await session.log.appendWith?.(bytes('a'), 0, values)
    for (let below = 2; below < 13; below++) await session.log.trim(below)
    await session.versions.setCurrent?.([{ ref: 'r', version: '1', position: 1, value: 1 }])
    await session.counter('c').next()
    await session.state('s').setState(1)
    await (await session.lock('l').acquire('write', { lease: 1000, owner: 'o' })).release()
    await session.close()
  } finally {
    await client.query(`drop owned by ${role} cascade; drop role ${role}`)
  }
})

it('stops at a schema of a newer version', async () => {
  await using made = await newSchema()
  const { schema } = made
  await using client = await ownClient(server.url)
  await client.query(migration(schema))
  await client.query(`update "${schema.replaceAll('"', '""')}".schema_version set version = 99`)
  const opened = openSession(postgres({ connectionString: server.url, schema }))
  await expect(opened).rejects.toThrow(/version 99/)
  await expect(opened).rejects.toThrow(IncompatibleError)
})

it('uses a pool of yours for two schemas, and leaves it open and as it was', async () => {
  await using one = await newSchema()
  await using other = await newSchema()
  const pool = new Pool({ connectionString: server.url, max: 1 })
  const listeners = pool.listenerCount('error')
  const sessions = await Promise.all(
    [one, other].map(({ schema }) => openSession(postgres({ pool, schema, id: schema }), 'r')),
  )
  for (const { log } of sessions) for (let i = 0; i < 3; i++) await log.append(bytes('a'), i)
  let woken = 0
  await sessions[0]?.log.subscribe(() => woken++)
  await Promise.all(sessions.map((session) => session.close()))
  expect((await pool.query<{ n: number }>('select 1 as n')).rows[0]?.n).toBe(1)
  expect(pool.listenerCount('error')).toBe(listeners)
  await pool.end()
})

it('refuses names and options that cannot be meant', () => {
  const wrong = [
    { schema: '' },
    { schema: 'x'.repeat(41) },
    { schema: 'pg_mine' },
    { schema: 'a\0' },
    { id: '' },
    { timeout: 0 },
    { timeout: Number.POSITIVE_INFINITY },
    { poll: -1 },
    { pool: 'pool' as never },
  ]
  for (const options of wrong) expect(() => postgres(options), JSON.stringify(options)).toThrow(TypeError)
  expect(() => postgres(undefined as never)).toThrow(TypeError)
})
