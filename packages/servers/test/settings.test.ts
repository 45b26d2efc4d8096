import { expect, it } from 'vitest'
import { ask } from '../src/ask.js'
import { start } from '../src/index.js'
import { askPostgres } from '../src/postgres-wire.js'
import { askRedis } from '../src/redis.js'

const portOf = (url: string) => Number(new URL(url).port)

it.each([
  ['redis', 'always'],
  ['redis-everysec', 'everysec'],
  ['redis-cluster', 'always'],
] as const)('%s syncs %s', async (kind, expected) => {
  await using server = await start(kind)
  const said = await askRedis(portOf(server.url), 'INFO', 'persistence')
  expect(said).toContain('aof_enabled:1')
  const isWhole = (answer: Buffer) => answer.toString().split('\r\n').length === 6
  const policy = await ask(portOf(server.url), 'CONFIG GET appendfsync\r\n', isWhole)
  expect(policy.toString().split('\r\n')[4]).toBe(expected)
})

it('PostgreSQL syncs, and commits when it has', async () => {
  await using server = await start('postgres')
  for (const setting of ['fsync', 'synchronous_commit', 'full_page_writes']) {
    await askPostgres(portOf(server.url), `select 1 / (current_setting('${setting}') = 'on')::int`)
  }
})

it('pgbouncer gives a connection back after each transaction', async () => {
  await using server = await start('pgbouncer')
  // What one session sets, the next to come finds: they got the same connection, which nobody has reset.
  await askPostgres(portOf(server.url), `set work_mem = '77MB'`)
  await askPostgres(portOf(server.url), `select 1 / (current_setting('work_mem') = '77MB')::int`)
})
