import type { Stored } from '@avout/core/backend'
import { expect, it } from 'vitest'
import { Keys } from '../src/keys.js'
import { onRedis } from './on-redis.js'
import { open, record, textOf } from './open.js'

const on = onRedis()

const appendWith = async (after: number, values: readonly Stored[]) =>
  on.session.log.appendWith?.(record(`${after}`), after, values)

it('stores values with the append, the first of a version for ever, and none with a refusal', async () => {
  const { log, versions } = on.session
  const values = Array.from({ length: 100 }, (_, i) => ({ ref: `/r${i}`, version: 'c.1.0', value: { i } }))
  expect(await appendWith(0, values)).toEqual({ position: 1, missed: [] })
  expect(await on.raw.hget(on.keys.versions('/r7'), 'c.1.0')).toBe('{"i":7}')
  expect(await versions.getMany?.(values)).toEqual(values.map(({ value }) => value))
  const other = [
    { ref: '/r7', version: 'c.1.0', value: 'other' },
    { ref: '/r7', version: 'c.1.1', value: null },
  ]
  const second = await appendWith(0, other)
  expect([second?.position, second?.missed.map(textOf)]).toEqual([2, ['0']])
  expect(await versions.getMany?.(other)).toEqual([{ i: 7 }, null])
  await expect(appendWith(9, [{ ref: '/r7', version: 'c.2.0', value: 1 }])).rejects.toMatchObject({ kind: 'diverged' })
  expect(await versions.container('/r7').getStateAt('c.2.0')).toBeUndefined()
  expect(await log.tail()).toBe(2)
})

it('shows what refs are now, and never goes back, also behind a deletion', async () => {
  const { versions } = on.session
  const show = (position: number, value: string | undefined) =>
    versions.setCurrent?.([{ ref: '/now', version: `v${position}`, position, value }])
  const shown = async () => JSON.parse((await on.raw.get(on.keys.now('/now'))) ?? '"nothing"')
  await show(5, 'five')
  await Promise.all([show(7, 'seven'), show(6, 'six'), show(7, 'another seven')])
  expect(await shown()).toBe('seven')
  await show(9, undefined)
  await Promise.all([show(8, 'eight'), show(9, 'nine')])
  expect(await shown()).toBe('nothing')
  await show(10, '')
  expect(await shown()).toBe('')
  expect(await on.raw.hget(on.keys.positions, '/now')).toBe('10')
})

it('searches no long lists: a ref of many versions becomes a table', async () => {
  const { versions } = on.session
  const many = Array.from({ length: 400 }, (_, i) => ({ ref: 'many', version: `${i}`, value: i }))
  for (let i = 0; i < 400; i += 4) await appendWith(0, many.slice(i, i + 4))
  expect(await on.raw.object('ENCODING', on.keys.versions('many'))).toBe('hashtable')
  expect(await on.raw.hlen(on.keys.versions('many'))).toBe(400)
  expect(await versions.getMany?.(many)).toEqual(many.map(({ value }) => value))
  await versions.container('many').destroyVersionedStateContainer()
  expect(await on.raw.exists(on.keys.versions('many'), on.keys.now('many'))).toBe(0)
})

it('takes more in one batch than a script should take at once', async () => {
  const { versions } = on.session
  const text = 'x'.repeat(3 << 20)
  const large = Array.from({ length: 5 }, (_, i) => ({ ref: 'large', version: `${i}`, value: `${i}${text}` }))
  expect(await versions.setMany?.(large)).toEqual(large.map(() => true))
  expect(await versions.getMany?.(large)).toEqual(large.map(({ value }) => value))
  const small = Array.from({ length: 2500 }, (_, i) => ({ ref: `small ${i}`, version: '1', value: i }))
  expect(await versions.setMany?.([...small, ...small])).toEqual([...small.map(() => true), ...small.map(() => false)])
  await versions.deleteMany?.(small)
  expect(new Set(await versions.getMany?.(small))).toEqual(new Set([undefined]))
})

it('keeps what UTF-8 cannot: JSON escapes it', async () => {
  const container = on.session.versions.container('surrogates')
  const value = { 'half \ud800': ['\udc00', 'a\u0000b', '\u{1f680}'] }
  await container.setStateAt(value, '1')
  expect(await container.getStateAt('1')).toEqual(value)
  const state = on.session.state('surrogates')
  await state.setState(value)
  expect(await state.compareAndSetState?.({ ...value }, 1)).toBe(true)
})

it('trims a long log in parts, and answers nothing below the floor meanwhile', async () => {
  const { log } = (await open(on.server.url, `${on.realm}-long`)).session
  const head = new Keys('avout:', `${on.realm}-long`)
  await Promise.all(Array.from({ length: 300 }, (_, i) => log.append(record(`${i + 1}`), 0)))
  // As a trim leaves it that was cut short behind its first step: the floor is up, the entries are there.
  await on.raw.hset(head.head, 'floor', '250')
  expect((await log.read(0, 1)).map(textOf)).toEqual(['250'])
  expect((await log.append(record('301'), 0)).missed.map(textOf)[0]).toBe('250')
  await log.trim(250)
  expect(await on.raw.xlen(head.log)).toBe(52)
  await log.trim(1000)
  expect([await log.floor(), await log.tail(), await on.raw.xlen(head.log)]).toEqual([301, 301, 1])
})

it('pages what was missed by its size too', async () => {
  const { session } = await open(on.server.url)
  const large = Buffer.alloc(1 << 20, 'x')
  for (let i = 0; i < 70; i++) await session.log.append(large, i)
  const { position, missed } = await session.log.append(record('last'), 0)
  expect(position).toBe(71)
  expect(missed.length).toBeGreaterThan(0)
  expect(missed.length).toBeLessThan(70)
  const rest = await session.log.read(missed.length, 1000)
  expect(rest[0]?.position).toBe(missed.length + 1)
  await session.close()
})

it('counts as far as numbers are exact', async () => {
  const counter = on.session.counter('exact')
  expect(await counter.next(Number.MAX_SAFE_INTEGER)).toBe(Number.MAX_SAFE_INTEGER)
  await expect(counter.next()).rejects.toThrow(RangeError)
  expect(await counter.current()).toBe(Number.MAX_SAFE_INTEGER)
})
