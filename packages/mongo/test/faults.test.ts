import { UnavailableError } from '@avout/core'
import { FaultProxy, start } from '@avout/servers'
import { MongoClient } from 'mongodb'
import { afterEach, expect, it } from 'vitest'
import { mongo } from '../src/index.js'
import { bytes, newRealm, openOn, openSession, refusal, textOf, until } from './open.js'

const strays: unknown[] = []
const stray = (error: unknown) => strays.push(error)
process.on('unhandledRejection', stray)
afterEach(() => expect(strays).toEqual([]))

/** One node, and no answers to the driver's own questions between those that a test looks at. */
const direct = (url: string) =>
  `${url.replace(/\?.*$/, '').replace(/\/$/, '')}/?directConnection=true&serverMonitoringMode=poll&heartbeatFrequencyMS=60000`

it('answers in bounded time when the server is silent, and goes on when it speaks again', async () => {
  await using server = await start('mongo-replica-set')
  const states: string[] = []
  const backend = mongo({ url: direct(server.url), timeout: 700 })
  const session = await openOn(backend, newRealm(), (state) => states.push(state))
  const { log, versions, counter, state, lock } = session
  await log.append(bytes('before'), 0)
  await log.subscribe(() => undefined)
  const held = await lock('held').acquire('write', { lease: 900, owner: 'o' })
  await server.pause()
  const calls: Record<string, () => Promise<unknown>> = {
    ping: () => session.ping(),
    append: () => log.append(bytes('during'), 1),
    appendWith: async () => log.appendWith?.(bytes('during'), 1, [{ ref: 'r', version: '1', value: 1 }]),
    read: () => log.read(0, 1),
    tail: () => log.tail(),
    floor: () => log.floor(),
    trim: () => log.trim(1),
    get: () => versions.container('r').getStateAt('1'),
    set: () => versions.container('r').setStateAt(1, '1'),
    current: async () => versions.setCurrent?.([{ ref: 'r', version: '1', value: 1, position: 1 }]),
    next: () => counter('c').next(),
    state: () => state('s').getState(),
    compare: async () => state('s').compareAndSetState?.(undefined, 1),
    acquire: () => lock('l').acquire('write', { lease: 1000, owner: 'o' }),
    open: () => openSession({ url: direct(server.url), timeout: 700 }),
  }
  const begun = performance.now()
  // Several of each: what is given up must not fill the pool.
  const errors = await Promise.all(Object.values(calls).flatMap((call) => [1, 2, 3].map(() => refusal(call()))))
  expect(performance.now() - begun).toBeLessThan(4000)
  for (const error of errors) {
    expect(error).toBeInstanceOf(UnavailableError)
    expect(String(error)).toMatch(/mongo at 127\.0\.0\.1:\d+: \w+.*no answer within \d+ ms|connecting/)
  }
  await until(() => held.lost.aborted, 'the loss of the lease')
  expect(states.at(-1)).toBe('down')
  await server.resume()
  await until(
    () =>
      session.ping().then(
        () => true,
        () => false,
      ),
    'an answer',
  )
  expect(states.at(-1)).toBe('up')
  expect((await log.read(0, 1)).map(textOf)).toEqual(['before'])
  await session.close()
})

it('closes the connections that calls were given up on, so that the pool does not fill', async () => {
  await using server = await start('mongo')
  await using proxy = await FaultProxy.open(server.url)
  const client = new MongoClient(direct(proxy.through(server.url)), { maxPoolSize: 2 })
  let closed = 0
  client.on('connectionClosed', () => closed++)
  const session = await openSession({ client, timeout: 500 })
  proxy.stall()
  await Promise.all([1, 2].map((n) => refusal(session.counter('c').next(n))))
  await until(() => closed > 0, 'a connection that is closed')
  proxy.resume()
  await session.counter('c').next()
  await session.close()
  await client.close()
})

it('finds again an append whose answer was lost, once', async () => {
  await using server = await start('mongo')
  await using proxy = await FaultProxy.open(server.url)
  const realm = newRealm()
  const session = await openSession(direct(proxy.through(server.url)), realm)
  await session.log.append(bytes('first'), 0)
  const cut = proxy.cutOnNextAnswer()
  await expect(session.log.append(bytes('second'), 1)).rejects.toThrow(UnavailableError)
  await cut
  const other = await openSession(server.url, realm)
  await until(async () => (await other.log.tail()) === 2, 'the entry')
  expect((await other.log.read(0, 10)).map(textOf)).toEqual(['first', 'second'])
  // Its own session takes it for what it is, and goes on behind it.
  expect((await session.log.append(bytes('third'), 2)).position).toBe(3)
  await Promise.all([session.close(), other.close()])
})

it('asks again what may be asked twice when the connection breaks', async () => {
  await using server = await start('mongo')
  await using proxy = await FaultProxy.open(server.url)
  const session = await openSession(direct(proxy.through(server.url)))
  const calls: (() => Promise<unknown>)[] = [
    () => session.log.tail(),
    () => session.counter('c').next(),
    () => session.versions.container('r').getStateAt('1'),
    async () => session.versions.setCurrent?.([{ ref: 'r', version: '1', value: 1, position: 1 }]),
    () => session.lock('l').queue(),
  ]
  for (const call of calls) {
    const cut = proxy.cutOnNextAnswer()
    await call()
    await cut
  }
  await session.close()
})

it('loses nothing when the server is killed under load', async () => {
  for (const kind of ['mongo', 'mongo-replica-set'] as const) {
    await using server = await start(kind)
    const realm = newRealm()
    const sessions = await Promise.all([1, 2, 3].map(() => openSession(server.url, realm)))
    const acknowledged = new Map<number, string>()
    let unknown = 0
    let going = true
    const working = sessions.map(async ({ log }, client) => {
      for (let n = 0; going; n++) {
        try {
          const { position } = await log.append(bytes(`${client} ${n}`), 0)
          acknowledged.set(position, `${client} ${n}`)
        } catch (error) {
          expect(error).toBeInstanceOf(UnavailableError)
          unknown++
        }
      }
    })
    for (let round = 0; round < 2; round++) {
      const before = acknowledged.size
      await until(() => acknowledged.size > before + 100, 'a hundred appends')
      await server.kill()
      await server.start()
    }
    const before = acknowledged.size
    await until(() => acknowledged.size > before + 100, 'a hundred appends after all')
    going = false
    await Promise.all(working)
    const late = await openSession(server.url, realm)
    const entries = new Map<number, string>()
    for (let after = 0; after < (await late.log.tail()); after = entries.size) {
      for (const entry of await late.log.read(after, 1000)) entries.set(entry.position, textOf(entry))
    }
    for (const [position, record] of acknowledged) expect(entries.get(position)).toBe(record)
    const texts = [...entries.values()].filter(Boolean)
    expect(new Set(texts).size).toBe(texts.length)
    expect(texts.length).toBeLessThanOrEqual(acknowledged.size + unknown)
    await Promise.all([late, ...sessions].map((session) => session.close()))
  }
})

it('hears of changes again after the server was restarted', async () => {
  for (const kind of ['mongo', 'mongo-replica-set'] as const) {
    await using server = await start(kind)
    const realm = newRealm()
    const [session, other] = [await openSession(server.url, realm), await openSession(server.url, realm)]
    let [logged, changed] = [0, 0]
    await session.log.subscribe(() => logged++)
    await session.state('s').watchState?.(() => changed++)
    await server.restart()
    await until(
      () =>
        other.ping().then(
          () => true,
          () => false,
        ),
      'an answer',
    )
    await other.log.append(bytes('a'), 0)
    await other.state('s').setState(1)
    await until(() => logged > 0 && changed > 0, 'both pushes')
    await Promise.all([session.close(), other.close()])
  }
})

it('goes on after a step-down, with every acknowledged entry', async () => {
  await using server = await start('mongo-three')
  const realm = newRealm()
  const [session, other] = [await openSession(server.url, realm), await openSession(server.url, realm)]
  const acknowledged = new Set<string>()
  let going = true
  const working = [session, other].map(async ({ log }, client) => {
    for (let n = 0; going; n++) {
      await log.append(bytes(`${client} ${n}`), 0).then(
        () => acknowledged.add(`${client} ${n}`),
        (error) => expect(error).toBeInstanceOf(UnavailableError),
      )
    }
  })
  await until(() => acknowledged.size > 30, 'some appends')
  const admin = new MongoClient(server.url)
  await Promise.allSettled([admin.db('admin').command({ replSetStepDown: 20, force: true })])
  const before = acknowledged.size
  await until(() => acknowledged.size > before + 30, 'appends after the step-down', 60_000)
  going = false
  await Promise.all(working)
  const texts: string[] = []
  for (let after = 0; after < (await session.log.tail()); ) {
    const entries = await session.log.read(after, 1000)
    texts.push(...entries.map(textOf))
    after = entries.at(-1)?.position ?? after
  }
  expect(new Set(texts.filter(Boolean)).size).toBe(texts.filter(Boolean).length)
  for (const text of acknowledged) expect(texts).toContain(text)
  await Promise.all([session.close(), other.close(), admin.close()])
}, 180_000)
