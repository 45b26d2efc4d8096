import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { ClosedError, UnavailableError } from '@avout/core'
import { shared } from '@avout/servers'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { postgres } from '../src/index.js'
import { bytes, openSession } from './open.js'

let server: Awaited<ReturnType<typeof shared>>
beforeAll(async () => {
  server = await shared('postgres')
})
afterAll(() => server.close())

it('refuses every call of a closed session, and opens again', async () => {
  const backend = postgres(server.url)
  const session = await openSession(backend)
  const { log, versions } = session
  const [container, counter, state, lock] = [
    versions.container('r'),
    session.counter('c'),
    session.state('s'),
    session.lock('l'),
  ]
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
  const again = await openSession(backend)
  expect(await again.log.tail()).toBe(0)
  await again.close()
})

it('gives its locks back when it is closed', async () => {
  const backend = postgres(server.url)
  const [session, other] = [await openSession(backend, 'locks'), await openSession(postgres(server.url), 'locks')]
  await session.lock('given back').acquire('write', { lease: 60_000, owner: 'gone' })
  await session.close()
  expect(await other.lock('given back').queue()).toEqual([])
  await other.close()
})

it('refuses what is no argument', async () => {
  const session = await openSession(postgres(server.url))
  const { log, versions } = session
  const wrong = <T>(value: unknown) => value as T
  const calls: (() => unknown)[] = [
    () => log.append(wrong('text'), 0),
    () => log.append(bytes('a'), -1),
    () => log.append(bytes('a'), wrong(undefined)),
    () => log.appendWith?.(bytes('a'), 0, [{ ref: '', version: '1', value: 1 }]),
    () => log.appendWith?.(bytes('a'), 0, [{ ref: 'a\0', version: '1', value: 1 }]),
    () => log.appendWith?.(bytes('a'), 0, [{ ref: 'a', version: '1', value: wrong(undefined) }]),
    () => log.read(0, 0),
    () => log.read(wrong('0'), 1),
    () => log.trim(0),
    () => log.subscribe(wrong(undefined)),
    () => session.counter('c').next(0),
    () => versions.container('r').setStateAt(wrong(undefined), '1'),
    () => versions.container('r').setStateAt(1, 'a\ud800'),
    () => versions.container('r').getStateAt(wrong(1)),
    () => versions.setMany?.([{ ref: wrong(1), version: '1', value: 1 }]),
    () => versions.getMany?.([{ ref: 'r', version: '\udc00' }]),
    () => session.state('s').setState(wrong(undefined)),
    () => session.lock('l').acquire(wrong('both'), { lease: 1, owner: 'o' }),
    () => session.lock('l').acquire('read', { lease: 0, owner: 'o' }),
    () => session.lock('l').acquire('read', { lease: 1, owner: '' }),
  ]
  for (const call of calls) await expect(call(), call.toString()).rejects.toThrow(TypeError)
  for (const name of ['', wrong<string>(1), 'a\0', '\ud800', 'x'.repeat(1025)]) {
    for (const make of [session.counter, session.lock, session.state, versions.container.bind(versions)]) {
      expect(() => make(name), String(name).slice(0, 10)).toThrow(TypeError)
    }
  }
  expect([await log.tail(), await session.counter('c').current()]).toEqual([0, 0])
  await session.close()
})

it('answers a list without holes: map leaves those out', async () => {
  const session = await openSession(postgres(server.url))
  await session.versions.container('r').setStateAt(1, '2')
  const values = await session.versions.getMany?.(['1', '2', '3'].map((version) => ({ ref: 'r', version })))
  expect(values?.map((value) => value !== undefined).indexOf(false)).toBe(0)
  expect(Object.keys(values ?? [])).toEqual(['0', '1', '2'])
  await session.close()
})

it('counts as far as numbers are exact', async () => {
  const session = await openSession(postgres(server.url))
  const counter = session.counter('c')
  await counter.next(Number.MAX_SAFE_INTEGER)
  await expect(counter.next()).rejects.toThrow(RangeError)
  expect(await counter.current()).toBe(Number.MAX_SAFE_INTEGER)
  await session.close()
})

it('is inert until it is opened, and says where nobody answers', async () => {
  const backend = postgres('postgres://user:hunter2@127.0.0.1:1/none')
  const opened = openSession(backend)
  await expect(opened).rejects.toThrow(UnavailableError)
  await expect(opened).rejects.toThrow('"postgres" at 127.0.0.1:1')
  await expect(opened).rejects.not.toThrow('hunter2')
})

it('lets the process end once it is closed', async () => {
  const program = `
    import { connect } from '@avout/core'
    import { postgres } from ${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)}
    const avout = await connect({ coordinator: postgres(${JSON.stringify(server.url)}), realm: 'ends' })
    await avout.dosync((tx) => tx.set(avout.ref('/a', 0), 1))
    await avout.close()
    console.log('closed')`
  const options = { cwd: new URL('..', import.meta.url), timeout: 30_000 }
  const ended = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], options)
  expect(ended.stdout).toBe('closed\n')
})
