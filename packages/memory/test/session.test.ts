import { ClosedError } from '@avout/core'
import { expect, it } from 'vitest'
import { memory } from '../src/index.js'
import { openNew, openSession } from './open.js'

it('has the id it is given', () => {
  expect(memory().id).toBe('memory')
  expect(memory({ id: 'other' }).id).toBe('other')
  expect(() => memory({ id: '' })).toThrow(TypeError)
})

it('is a store: what one object holds, another does not', async () => {
  const one = await openNew()
  const other = await openNew()
  await one.log.append(Uint8Array.of(1), 0)
  await one.counter('c').next()
  await one.versions.container('r').setStateAt(1, '1')
  await one.state('s').setState(1)
  expect(await other.log.tail()).toBe(0)
  expect(await other.counter('c').current()).toBe(0)
  expect(await other.versions.container('r').getStateAt('1')).toBeUndefined()
  expect(await other.state('s').getState()).toBeUndefined()
})

it('refuses every call of a closed session', async () => {
  const backend = memory()
  const session = await openSession(backend)
  const { log, versions } = session
  const container = versions.container('r')
  const counter = session.counter('c')
  const state = session.state('s')
  const lock = session.lock('l')
  await session.close()
  await session.close()
  const noop = () => undefined
  const calls: (() => Promise<unknown>)[] = [
    () => session.ping(),
    () => log.append(Uint8Array.of(1), 0),
    () => log.read(0, 1),
    () => log.tail(),
    () => log.floor(),
    () => log.trim(1),
    () => log.subscribe(noop),
    () => counter.next(),
    () => counter.current(),
    () => container.initVersionedStateContainer(),
    () => container.destroyVersionedStateContainer(),
    () => container.getStateAt('1'),
    () => container.setStateAt(1, '1'),
    () => container.deleteStateAt('1'),
    () => versions.getMany?.([]) ?? Promise.resolve(),
    () => versions.setMany?.([]) ?? Promise.resolve(),
    () => versions.deleteMany?.([]) ?? Promise.resolve(),
    () => state.initStateContainer(),
    () => state.destroyStateContainer(),
    () => state.getState(),
    () => state.setState(1),
    () => state.compareAndSetState?.(undefined, 1) ?? Promise.resolve(),
    () => state.watchState?.(noop) ?? Promise.resolve(),
    () => lock.acquire('write', { lease: 1, owner: 'o' }),
    () => lock.queue(),
  ]
  for (const call of calls) await expect(call(), call.toString()).rejects.toThrow(ClosedError)
  expect(() => versions.container('r')).toThrow(ClosedError)
  const again = await openSession(backend)
  expect(await again.log.tail()).toBe(0)
})

it('refuses what is no argument', async () => {
  await expect(openSession(memory(), '')).rejects.toThrow(TypeError)
  const session = await openNew()
  const { log, versions } = session
  const wrong = <T>(value: unknown) => value as T
  const calls: (() => unknown)[] = [
    () => log.append(wrong('text'), 0),
    () => log.append(wrong([1]), 0),
    () => log.append(Uint8Array.of(1), -1),
    () => log.append(Uint8Array.of(1), 0.5),
    () => log.append(Uint8Array.of(1), wrong(undefined)),
    () => log.read(-1, 1),
    () => log.read(0, 0),
    () => log.read(0, Number.POSITIVE_INFINITY),
    () => log.read(wrong('0'), 1),
    () => log.trim(0),
    () => log.trim(Number.NaN),
    () => log.subscribe(wrong(undefined)),
    () => session.counter('c').next(0),
    () => session.counter('c').next(1.5),
    () => versions.container('r').setStateAt(wrong(undefined), '1'),
    () => versions.container('r').setStateAt(wrong(1n), '1'),
    () => versions.container('r').setStateAt(1, wrong(1)),
    () => versions.container('r').getStateAt(wrong(1)),
    () => versions.setMany?.([{ ref: wrong(1), version: '1', value: 1 }]),
    () => session.state('s').setState(wrong(undefined)),
    () => session.state('s').watchState?.(wrong('f')),
    () => session.lock('l').acquire(wrong('both'), { lease: 1, owner: 'o' }),
    () => session.lock('l').acquire('read', { lease: 0, owner: 'o' }),
    () => session.lock('l').acquire('read', { lease: Number.NaN, owner: 'o' }),
    () => session.lock('l').acquire('read', { lease: 1, owner: '' }),
  ]
  for (const call of calls) await expect(call(), call.toString()).rejects.toThrow(TypeError)
  const named: (() => unknown)[] = [
    () => session.counter(''),
    () => session.lock(wrong(1)),
    () => session.state(''),
    () => versions.container(''),
  ]
  for (const call of named) expect(call, call.toString()).toThrow(TypeError)
  expect([await log.tail(), await session.counter('c').current()]).toEqual([0, 0])
  expect(await session.lock('l').queue()).toEqual([])
})

it('counts as far as numbers are exact', async () => {
  const counter = (await openNew()).counter('c')
  await counter.next(Number.MAX_SAFE_INTEGER)
  await expect(counter.next()).rejects.toThrow(RangeError)
  expect(await counter.current()).toBe(Number.MAX_SAFE_INTEGER)
})
