import { ClosedError, UnavailableError } from '@avout/core'
import { type OwnServer, start } from '@avout/servers'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { redis } from '../src/index.js'
import { clock, newRealm, open, record, rejection, until } from './open.js'

let server: OwnServer
let raw: Redis

beforeAll(async () => {
  server = await start('redis')
  raw = new Redis(server.url)
})

afterAll(async () => {
  raw.disconnect()
  await server.close()
})

/** The connections that bear a name, at the server. */
async function connections(name: string): Promise<number> {
  const list = String(await raw.client('LIST'))
  return list.split('\n').filter((line) => line.includes(`name=${name} `)).length
}

it('has the id it is given, and connects to nothing before it is opened', async () => {
  const connectionName = newRealm()
  const backend = redis({ url: server.url, id: 'stock', driver: { connectionName } })
  expect([backend.id, redis(server.url).id]).toEqual(['stock', 'redis'])
  expect(await connections(connectionName)).toBe(0)
  const session = await backend.open({ realm: newRealm(), clock, report: () => undefined })
  expect(await connections(connectionName)).toBe(1)
  await session.close()
  await until(async () => (await connections(connectionName)) === 0, 'that it is closed')
})

it('shares connections among sessions of a realm, and closes them with the last', async () => {
  const connectionName = newRealm()
  const backend = redis({ url: server.url, driver: { connectionName } })
  const context = { realm: newRealm(), clock, report: () => undefined }
  const sessions = await Promise.all([1, 2, 3].map(() => backend.open(context)))
  for (const session of sessions) {
    await session.log.subscribe(() => undefined)
    await session.state('s').watchState?.(() => undefined)
  }
  // One for commands, one that waits for entries, one for messages.
  await until(async () => (await connections(connectionName)) === 3, 'three connections')
  await sessions[0]?.close()
  await sessions[0]?.close()
  expect(await sessions[1]?.log.tail()).toBe(0)
  await sessions[1]?.close()
  expect(await sessions[2]?.log.tail()).toBe(0)
  await sessions[2]?.close()
  await until(async () => (await connections(connectionName)) === 0, 'that they are closed')
  expect(await rejection(sessions[2]?.log.tail() ?? Promise.resolve())).toBeInstanceOf(ClosedError)
})

it('takes your client, copies what it knows and leaves it alone', async () => {
  const client = new Redis(server.url, { keyPrefix: 'mine:', db: 3, connectionName: 'mine', commandTimeout: 60_000 })
  const { session, realm } = await open({ client, timeout: 500 })
  await session.log.append(record('a'), 0)
  await session.versions.setCurrent?.([{ ref: '/r', version: '1', position: 1, value: { a: 1 } }])
  expect(await client.xlen(`avout:{${realm}}:log`)).toBe(1)
  expect(await client.get(`avout:{${realm}}:now:/r`)).toBe('{"a":1}')
  await session.close()
  expect(client.status).toBe('ready')
  expect(client.listenerCount('error')).toBe(0)
  expect(await client.ping()).toBe('PONG')
  client.disconnect()
})

it('sends nothing again, though your client would', async () => {
  const connectionName = newRealm()
  const client = new Redis(server.url, { connectionName, maxRetriesPerRequest: null, reconnectOnError: () => 2 })
  const { session, realm } = await open({ client })
  await session.log.append(record('a'), 0)
  // The server holds the append back, and loses the connection meanwhile.
  await raw.client('PAUSE', 2000, 'WRITE')
  const appending = rejection(session.log.append(record('b'), 1))
  const blocked = async () =>
    String(await raw.client('LIST'))
      .split('\n')
      .filter((line) => line.includes(`name=${connectionName} `) && line.includes('cmd=eval'))
  await until(async () => (await blocked()).length > 0, 'that the append has arrived')
  for (const line of await blocked()) await raw.client('KILL', 'ID', /^id=(\d+)/.exec(line)?.[1] ?? '')
  expect(await appending).toBeInstanceOf(UnavailableError)
  await raw.client('UNPAUSE')
  expect(await session.log.tail()).toBe(1)
  expect(await raw.xlen(`avout:{${realm}}:log`)).toBe(1)
  await session.close()
  client.disconnect()
})

it('refuses what says not where to connect to, without showing it', () => {
  const wrong = (value: unknown) => () => redis(value as string)
  for (const value of [undefined, null, 7, '', {}, { url: [] }, { client: {} }, 'http://a:secret@b']) {
    expect(wrong(value)).toThrow(TypeError)
  }
  expect(wrong('http://user:secret@host')).not.toThrow('secret')
  expect(() => redis('redis://host/name')).toThrow('number of a database')
  expect(() => redis({ url: 'redis://host', prefix: '{a}' })).toThrow('brace')
  expect(() => redis({ url: 'redis://host', id: '' })).toThrow(TypeError)
  expect(() => redis({ url: 'redis://host', timeout: 0 })).toThrow('timeout')
  expect(() => redis({ url: 'redis://host', wait: { replicas: 1, timeout: 0 } })).toThrow('wait.timeout')
  expect(() => redis({ url: 'redis://host', wait: { replicas: 1, timeout: 5000 } })).toThrow('wait.timeout')
  expect(() => redis({ url: 'redis://host', waitAof: { local: 1, replicas: -1, timeout: 5 } })).toThrow('count')
  expect(() => redis('host')).not.toThrow()
  expect(() => redis('rediss://user:p%40ss@host:1/2')).not.toThrow()
})

it('refuses a realm without a name: braces around nothing are no hash tag', async () => {
  const backend = redis(server.url)
  const opening = backend.open({ realm: '', clock, report: () => undefined })
  await expect(opening).rejects.toThrow(TypeError)
  const half = backend.open({ realm: 'a\ud800', clock, report: () => undefined })
  await expect(half).rejects.toThrow('surrogate')
})

it('rejects in bounded time where nobody answers', async () => {
  const began = performance.now()
  const error = await rejection(open({ url: 'redis://user:secret@127.0.0.1:1', timeout: 300, id: 'stock' }))
  expect(error).toBeInstanceOf(UnavailableError)
  expect(error).toMatchObject({ backend: 'stock' })
  expect(String(error)).toContain('127.0.0.1:1')
  expect(String(error)).not.toContain('secret')
  expect(performance.now() - began).toBeLessThan(2000)
})
