import { ClosedError, UnavailableError } from '@avout/core'
import { type Server, shared } from '@avout/servers'
import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { mongo } from '../src/index.js'
import { bytes, newRealm, openOn, openSession, refusal } from './open.js'

let server: Server
beforeAll(async () => {
  server = await shared('mongo-replica-set')
})
afterAll(() => server.close())

it('refuses every call of a closed session, and opens again', async () => {
  const backend = mongo(server.url)
  const session = await openOn(backend)
  const { log, versions } = session
  const [container, counter] = [versions.container('r'), session.counter('c')]
  const [state, lock] = [session.state('s'), session.lock('l')]
  const held = await lock.acquire('write', { lease: 10_000, owner: 'o' })
  await Promise.all([session.close(), session.close()])
  expect(held.lost.aborted).toBe(true)
  const calls: (() => unknown)[] = [
    () => session.ping(),
    () => log.append(bytes('a'), 0),
    () => log.appendWith?.(bytes('a'), 0, []),
    () => log.read(0, 1),
    () => log.tail(),
    () => log.floor(),
    () => log.trim(1),
    () => log.subscribe(() => undefined),
    () => counter.next(),
    () => counter.current(),
    () => container.initVersionedStateContainer(),
    () => container.destroyVersionedStateContainer(),
    () => container.getStateAt('1'),
    () => container.setStateAt(1, '1'),
    () => container.deleteStateAt('1'),
    () => versions.getMany?.([]),
    () => versions.setMany?.([]),
    () => versions.deleteMany?.([]),
    () => versions.setCurrent?.([]),
    () => state.initStateContainer(),
    () => state.destroyStateContainer(),
    () => state.getState(),
    () => state.setState(1),
    () => state.compareAndSetState?.(undefined, 1),
    () => state.watchState?.(() => undefined),
    () => lock.acquire('write', { lease: 1, owner: 'o' }),
    () => lock.queue(),
  ]
  for (const call of calls) await expect(call(), call.toString()).rejects.toThrow(ClosedError)
  expect(() => versions.container('r')).toThrow(ClosedError)
  const again = await openOn(backend)
  expect(await again.log.tail()).toBe(0)
  await again.close()
})

it('refuses what is no argument, before anything is written', async () => {
  const wrong = <T>(value: unknown) => value as T
  for (const options of [undefined, {}, '', { url: 1 }, { url: 'mongodb://h', client: {} }, { url: 'm', timeout: 0 }]) {
    expect(() => mongo(wrong(options)), JSON.stringify(options)).toThrow(TypeError)
  }
  await expect(openSession(server.url, '')).rejects.toThrow(TypeError)
  const session = await openSession(server.url)
  const { log, versions } = session
  const calls: (() => unknown)[] = [
    () => log.append(wrong('text'), 0),
    () => log.append(bytes('a'), -1),
    () => log.append(bytes('a'), wrong(undefined)),
    () => log.appendWith?.(bytes('a'), 0, [{ ref: '', version: '1', value: 1 }]),
    () => log.appendWith?.(bytes('a'), 0, [{ ref: 'half \ud800', version: '1', value: 1 }]),
    () => log.appendWith?.(bytes('a'), 0, [{ ref: 'a', version: '1', value: wrong(undefined) }]),
    () => log.read(0, 0),
    () => log.read(wrong('0'), 1),
    () => log.trim(0),
    () => log.subscribe(wrong(undefined)),
    () => session.counter('c').next(0),
    () => versions.container('r').setStateAt(wrong(1n), '1'),
    () => versions.container('r').setStateAt(1, wrong(1)),
    () => versions.setCurrent?.([{ ref: 'r', version: '1', value: 1, position: 0 }]),
    () => session.state('s').setState(wrong(undefined)),
    () => session.state('s').watchState?.(wrong('f')),
    () => session.lock('l').acquire(wrong('both'), { lease: 1, owner: 'o' }),
    () => session.lock('l').acquire('read', { lease: 0, owner: 'o' }),
    () => session.lock('l').acquire('read', { lease: 1, owner: '' }),
  ]
  for (const call of calls) await expect(call(), call.toString()).rejects.toThrow(TypeError)
  for (const name of ['', '\udc00', 1]) {
    expect(() => session.counter(wrong(name))).toThrow(TypeError)
    expect(() => session.lock(wrong(name))).toThrow(TypeError)
    expect(() => session.state(wrong(name))).toThrow(TypeError)
    expect(() => versions.container(wrong(name))).toThrow(TypeError)
  }
  expect(await log.tail()).toBe(0)
  await session.close()
})

it("takes the user's client, whatever that does with types, and leaves it open", async () => {
  const client = new MongoClient(server.url, {
    promoteValues: false,
    promoteLongs: false,
    promoteBuffers: true,
    readPreference: 'secondaryPreferred',
    writeConcern: { w: 0 },
    retryWrites: false,
    ignoreUndefined: true,
    maxPoolSize: 3,
  })
  const session = await openSession({ client })
  await session.log.append(bytes('a'), 0)
  expect((await session.log.read(0, 1))[0]?.record).toEqual(bytes('a'))
  const value = { int: 1, large: 2 ** 40, half: 0.5, list: [2 ** 31, -0] }
  await session.versions.container('r').setStateAt(value, '1')
  expect(await session.versions.container('r').getStateAt('1')).toStrictEqual(value)
  expect(await session.counter('c').next(2 ** 40)).toBe(2 ** 40)
  await session.close()
  expect(client.listenerCount('topologyDescriptionChanged')).toBe(0)
  expect((await client.db('admin').command({ ping: 1 })).ok).toBeDefined()
  await client.close()
})

it('counts as far as numbers are exact', async () => {
  const session = await openSession(server.url)
  const counter = session.counter('c')
  expect(await counter.next(2 ** 53 - 2)).toBe(2 ** 53 - 2)
  expect(await counter.next()).toBe(Number.MAX_SAFE_INTEGER)
  await expect(counter.next()).rejects.toThrow(RangeError)
  await session.close()
})

it('tells what it is connected to, and never with what', async () => {
  const states: string[] = []
  const url = 'mongodb://user:hunter2@127.0.0.1:1/?authSource=admin'
  const backend = mongo({ url, timeout: 300 })
  const error = await refusal(openOn(backend, newRealm(), (state) => states.push(state)))
  expect(error).toBeInstanceOf(UnavailableError)
  expect(String(error)).toContain('mongo at 127.0.0.1:1')
  expect(String(error)).not.toContain('hunter2')
  expect(states).toEqual(['connecting', 'down'])
  expect(String(await refusal(openSession('mongodb://user:hunter2@:/?x=%')))).not.toContain('hunter2')
})
