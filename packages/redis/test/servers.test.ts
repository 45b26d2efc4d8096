import { IncompatibleError, UnavailableError } from '@avout/core'
import { type OwnServer, start } from '@avout/servers'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Keys } from '../src/keys.js'
import { newRealm, open, record, rejection } from './open.js'

let server: OwnServer
let other: OwnServer
let raw: Redis

beforeAll(async () => {
  ;[server, other] = await Promise.all([start('redis'), start('redis')])
  raw = new Redis(server.url)
  // By default a master waits 5 s for more replicas before it sends the first one its data.
  await raw.config('SET', 'repl-diskless-sync-delay', '0')
  const second = new Redis(other.url)
  await second.config('SET', 'repl-diskless-sync-delay', '0')
  second.disconnect()
})

afterAll(async () => {
  raw.disconnect()
  await Promise.all([server.close(), other.close()])
})

/** Whatever a test did to the configuration is undone. */
async function configured<T>(name: string, value: string, work: () => Promise<T>): Promise<T> {
  const [, before = ''] = (await raw.config('GET', name)) as string[]
  await raw.config('SET', name, value)
  try {
    return await work()
  } finally {
    await raw.config('SET', name, before)
  }
}

it('refuses a server that evicts', async () => {
  for (const policy of ['allkeys-lru', 'volatile-lru', 'allkeys-random']) {
    const error = await configured('maxmemory-policy', policy, () => rejection(open(server.url)))
    expect(error).toBeInstanceOf(UnavailableError)
    expect(String(error)).toContain(policy)
    expect(String(error)).toContain('noeviction')
  }
})

it('refuses WAITAOF where the server is too old for it', async () => {
  const version = /redis_version:(\d+)\.(\d+)/.exec(await raw.info('server'))
  const isOld = Number(version?.[1]) < 7 || (version?.[1] === '7' && version[2] === '0')
  const waitAof = { local: 1, replicas: 0, timeout: 500 } as const
  if (isOld) {
    const error = await rejection(open({ url: server.url, waitAof }))
    expect(error).toBeInstanceOf(IncompatibleError)
    expect(String(error)).toContain('7.2')
  } else {
    const { session } = await open({ url: server.url, waitAof })
    expect((await session.log.append(record('a'), 0)).position).toBe(1)
    await session.close()
  }
})

it('says who does not let us in, at once and without the password', async () => {
  await raw.call('ACL', 'SETUSER', 'avout', 'on', '>secret', '~*', '&*', '+@all')
  const { port } = new URL(server.url)
  const { session } = await open(`redis://avout:secret@127.0.0.1:${port}`)
  await session.close()
  const began = performance.now()
  const error = await rejection(open(`redis://avout:wrong-secret@127.0.0.1:${port}`))
  expect(error).toBeInstanceOf(UnavailableError)
  expect(String(error)).toContain('WRONGPASS')
  expect(performance.now() - began).toBeLessThan(3000)
  expect(`${error} ${JSON.stringify((error as Error).cause)} ${(error as Error).stack}`).not.toContain('secret')
})

it('writes nothing when the memory is full, and goes on when it is not', async () => {
  const { session, realm } = await open(server.url)
  const { log, versions } = session
  await log.append(record('a'), 0)
  await configured('maxmemory', '1', async () => {
    const values = [{ ref: 'r', version: '1', value: 1 }]
    expect(await rejection(log.appendWith?.(record('b'), 1, values) ?? Promise.resolve())).toBeInstanceOf(
      UnavailableError,
    )
    expect(await log.tail()).toBe(1)
    expect(await versions.container('r').getStateAt('1')).toBeUndefined()
  })
  expect((await log.append(record('b'), 1)).position).toBe(2)
  expect(await raw.xlen(new Keys('avout:', realm).log)).toBe(2)
  await session.close()
})

it('appends nothing where a value meets something foreign', async () => {
  const { session, realm } = await open(server.url)
  await raw.set(new Keys('avout:', realm).versions('foreign'), 'text')
  const values = ['fine', 'foreign'].map((ref) => ({ ref, version: '1', value: 1 }))
  const error = await rejection(session.log.appendWith?.(record('a'), 0, values) ?? Promise.resolve())
  expect(error).toBeInstanceOf(IncompatibleError)
  expect(await session.log.tail()).toBe(0)
  expect((await session.log.append(record('b'), 0)).position).toBe(1)
  await session.close()
})

it('does not read on over entries that somebody deleted', async () => {
  const { session, realm } = await open(server.url)
  for (const text of ['a', 'b', 'c']) await session.log.append(record(text), 0)
  await raw.xtrim(new Keys('avout:', realm).log, 'MINID', '=', '2')
  const refused = async () => {
    for (const call of [session.log.read(0, 10), session.log.append(record('d'), 0)]) {
      expect(await rejection(call)).toBeInstanceOf(IncompatibleError)
    }
    expect(await session.log.tail()).toBe(3)
  }
  await refused()
  await raw.del(new Keys('avout:', realm).log)
  await refused()
  await session.close()
})

it('answers nothing stale from a master that was demoted', async () => {
  const { session } = await open({ url: server.url, timeout: 300 })
  const { log, versions } = session
  await log.append(record('a'), 0)
  await versions.container('r').setStateAt(1, '1')
  const { hostname, port } = new URL(other.url)
  await raw.replicaof(hostname, port)
  try {
    const calls: (() => Promise<unknown>)[] = [
      () => log.append(record('b'), 1),
      // A refusal rests on what it read.
      () => log.append(record('b'), 7),
      () => session.state('s').compareAndSetState?.(1, 2) ?? Promise.resolve(),
      () => log.tail(),
      () => log.floor(),
      () => log.read(0, 1),
      () => versions.container('r').getStateAt('1'),
      () => session.counter('c').current(),
      () => session.state('s').getState(),
    ]
    for (const call of calls) expect(await rejection(call()), call.toString()).toBeInstanceOf(UnavailableError)
    await expect.poll(() => raw.info('replication'), { timeout: 10_000 }).toContain('master_link_status:up')
  } finally {
    await raw.replicaof('NO', 'ONE')
  }
  // It was emptied by its new master: what was acknowledged is gone, and a caller that knows it is told so.
  expect(await rejection(log.append(record('b'), 1))).toMatchObject({ kind: 'diverged' })
  await session.close()
})

it('acknowledges an append when enough replicas have it, and says unknown where too few do', async () => {
  const realm = newRealm()
  const { session } = await open({ url: server.url, wait: { replicas: 1, timeout: 200 } }, realm)
  const error = await rejection(session.log.append(record('a'), 0))
  expect(error).toBeInstanceOf(UnavailableError)
  expect(String(error)).toContain('0 of 1 replicas')
  // It is there nevertheless.
  expect(await session.log.tail()).toBe(1)
  const replica = new Redis(other.url)
  const { hostname, port } = new URL(server.url)
  await replica.replicaof(hostname, port)
  try {
    await expect.poll(() => raw.wait(1, 100), { timeout: 10_000 }).toBe(1)
    const appends = await Promise.all(['b', 'c', 'd'].map((text) => session.log.append(record(text), 1)))
    expect(appends.map(({ position }) => position)).toEqual([2, 3, 4])
    expect(await replica.xlen(new Keys('avout:', realm).log)).toBe(4)
    // A refused one waits for nobody.
    expect(await rejection(session.log.append(record('e'), 9))).toMatchObject({ kind: 'diverged' })
  } finally {
    await replica.replicaof('NO', 'ONE')
    replica.disconnect()
    await session.close()
  }
})
