import { expect, it, vi } from 'vitest'
import { openNew } from './open.js'

const record = Uint8Array.of(1)

it('keeps a record as it is handed over', async () => {
  const { log } = await openNew()
  await log.append(record, 0)
  const [entry] = await log.read(0, 1)
  expect(entry?.record).toBe(record)
})

it('appends in the order of the calls, awaited or not', async () => {
  const { log } = await openNew()
  const appended = await Promise.all(Array.from({ length: 100 }, () => log.append(record, 0)))
  expect(appended.map(({ position }) => position)).toEqual(appended.map((_, i) => i + 1))
  expect(appended.map(({ missed }) => missed.length)).toEqual(appended.map((_, i) => i))
})

it('stores values and record in one step, or neither', async () => {
  const { log, versions } = await openNew()
  const values = [{ ref: 'a', version: '1', value: 'v' }]
  const appended = log.appendWith?.(record, 0, values)
  expect(await versions.getMany?.(values)).toEqual(['v'])
  expect(await appended).toEqual({ position: 1, missed: [] })
  const late = [{ ref: 'b', version: '1', value: 'v' }]
  await expect(log.appendWith?.(record, 7, late)).rejects.toMatchObject({ kind: 'diverged' })
  expect(await versions.getMany?.(late)).toEqual([undefined])
  await expect(log.appendWith?.(record, 1, [{ ref: '', version: '1', value: 1 }])).rejects.toBeInstanceOf(TypeError)
  expect(await log.tail()).toBe(1)
})

it('wakes after the append, once for what is appended together', async () => {
  const { log } = await openNew()
  const wake = vi.fn()
  const subscription = await log.subscribe(wake)
  const appends = [log.append(record, 0), log.append(record, 0)]
  expect(wake).not.toHaveBeenCalled()
  await Promise.all(appends)
  await Promise.resolve()
  expect(wake).toHaveBeenCalledTimes(1)
  await log.append(record, 0)
  await subscription[Symbol.asyncDispose]()
  await Promise.resolve()
  expect(wake).toHaveBeenCalledTimes(1)
})

it('wakes nobody whose session was closed', async () => {
  const session = await openNew()
  const wake = vi.fn()
  await session.log.subscribe(wake)
  const appended = session.log.append(record, 0)
  await session.close()
  await appended
  await Promise.resolve()
  await Promise.resolve()
  expect(wake).not.toHaveBeenCalled()
})

it('keeps the first bytes of what a reader holds when it is trimmed', async () => {
  const { log } = await openNew()
  for (let i = 0; i < 5; i++) await log.append(Uint8Array.of(i), 0)
  const before = await log.read(0, 5)
  await log.trim(4)
  expect(before.map(({ position }) => position)).toEqual([1, 2, 3, 4, 5])
  expect((await log.read(0, 5)).map(({ position }) => position)).toEqual([4, 5])
})
