import { expect, it } from 'vitest'
import { ClosedError, IncompatibleError, LogDivergedError, UnavailableError } from '../../src/errors.js'
import { composeLog } from '../../src/log/compose-log.js'
import { bytes, shown, World, withCells, withHeldWrites } from './world.js'

it('takes the round trips that its comment says', async () => {
  const world = new World()
  const log = await world.log()
  expect(await world.roundTrips(() => log.append(bytes('a'), 0))).toBe(3)
  expect(await world.roundTrips(() => log.append(bytes('b'), 1))).toBe(3)
  expect(await world.roundTrips(() => log.append(bytes('c'), 0))).toBe(3)
  expect(await world.roundTrips(() => log.read(0, 100))).toBe(2)
  expect(await world.roundTrips(() => log.tail())).toBe(2)
  expect(await world.roundTrips(() => log.floor())).toBe(1)
  expect(await world.roundTrips(() => log.trim(2))).toBe(6) // two of them to find and delete what was trimmed
  // Another writer, which took its number first, writes while this one's first look is on its way.
  const { counter } = await world.open(world.counter)
  await world.run(counter('~log').next())
  const slots = await world.rawSlots()
  world.scheduler.schedule(2.5, () => void slots.setStateAt('td', '4'))
  expect(await world.roundTrips(() => log.append(bytes('e'), 3))).toBe(4)
})

it('answers what was missed, and keeps what it is given', async () => {
  const world = new World()
  const log = await world.log()
  const other = await world.log()
  await world.appendAll(log, ['a', 'b'])
  const appended = await world.run(other.append(bytes('c'), 1))
  expect(appended.position).toBe(3)
  expect(shown(appended.missed)).toEqual([[2, 'b']])
  expect(shown(await world.run(other.read(0, 10)))).toEqual([
    [1, 'a'],
    [2, 'b'],
    [3, 'c'],
  ])
  expect(shown(await world.run(other.read(1, 1)))).toEqual([[2, 'b']])
  expect(await world.run(other.read(3, 10))).toEqual([])
})

it('fills the hole of a writer that died', async () => {
  const world = new World()
  const log = await world.log()
  const { counter } = await world.open(world.counter)
  await world.run(counter('~log').next(2))
  const appended = await world.run(log.append(bytes('a'), 0))
  expect(appended.position).toBe(3)
  expect(shown(appended.missed)).toEqual([
    [1, ''],
    [2, ''],
  ])
})

it('fills a hole below an entry whose writer died before it did so', async () => {
  const world = new World()
  const slots = await world.rawSlots()
  await world.run(slots.setStateAt('ta', '2'))
  const log = await world.log()
  expect(await world.run(log.tail())).toBe(0)
  expect(shown(await world.run(log.read(0, 10)))).toEqual([
    [1, ''],
    [2, 'a'],
  ])
  expect(await world.run(log.tail())).toBe(2)
})

it('appends again when its slot was filled', async () => {
  const world = new World()
  const { backend, held } = withHeldWrites(world.slots)
  const slow = await world.log(backend)
  const fast = await world.log()
  const late = slow.append(bytes('late'), 0)
  await world.scheduler.run({ until: () => held.length === 1 })
  const appended = await world.run(fast.append(bytes('fast'), 0))
  expect([appended.position, shown(appended.missed)]).toEqual([2, [[1, '']]])
  expect(await world.run((held[0] as () => Promise<boolean>)())).toBe(false)
  await world.scheduler.run({ until: () => held.length === 2 })
  await world.run((held[1] as () => Promise<boolean>)())
  expect((await world.run(late)).position).toBe(3)
  expect(shown(await world.run(fast.read(0, 10)))).toEqual([
    [1, ''],
    [2, 'fast'],
    [3, 'late'],
  ])
})

it('does not know the outcome of a write into a slot that was trimmed', async () => {
  const world = new World()
  const { backend, held } = withHeldWrites(world.slots)
  const slow = await world.log(backend)
  const fast = await world.log()
  const late = slow.append(bytes('late'), 0)
  await world.scheduler.run({ until: () => held.length === 1 })
  await world.appendAll(fast, ['a', 'b', 'c'])
  await world.run(fast.trim(3))
  expect(await world.run((held[0] as () => Promise<boolean>)())).toBe(true)
  await expect(world.run(late)).rejects.toThrow(UnavailableError)
  expect(await world.run((await world.rawSlots()).getStateAt('1'))).toBeUndefined()
  expect(shown(await world.run(slow.read(0, 10)))).toEqual([
    [3, 'b'],
    [4, 'c'],
  ])
})

it('never answers what was won below the floor', async () => {
  const world = new World()
  const log = await world.log()
  const asleep = await world.log()
  await world.appendAll(log, ['a', 'b', 'c', 'd'])
  expect(await world.run(asleep.tail())).toBe(4)
  await world.run(log.trim(4))
  const slots = await world.rawSlots()
  await world.run(slots.setStateAt('tzombie', '1'))
  await world.run(slots.setStateAt('tzombie', '2'))
  expect(shown(await world.run(asleep.read(0, 10)))).toEqual([[4, 'd']])
  const appended = await world.run(asleep.append(bytes('e'), 1))
  expect([appended.position, shown(appended.missed)]).toEqual([5, [[4, 'd']]])
  const cold = await world.log()
  expect(await world.run(cold.tail())).toBe(5)
})

it('never tells as missed what was won below the floor, though it read the floor at the same time', async () => {
  const world = new World()
  const { counter } = await world.open(world.counter)
  const fast = await world.log()
  // The second look at slot 1 takes until it is released: the floor is read beside it.
  let looks = 0
  let release = (): void => undefined
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  const backend = withCells(world.slots, (cell) => ({
    getStateAt: async (version) => {
      if (version === '1' && ++looks === 2) await released
      return cell.getStateAt(version)
    },
  }))
  const slow = await world.log(backend)
  await world.run(counter('~log').next())
  const appended = slow.append(bytes('a'), 0)
  await world.scheduler.run({ until: () => looks === 2 })
  await world.scheduler.advance(10)
  await world.appendAll(fast, ['b', 'c'])
  await world.run(fast.trim(4))
  await world.run((await world.rawSlots()).setStateAt('tzombie', '1'))
  release()
  const { position, missed } = await world.run(appended)
  expect([position, shown(missed)]).toEqual([2, []])
})

it('goes on where the log ends when the counter was lost', async () => {
  const world = new World()
  await world.appendAll(await world.log(), ['a', 'b', 'c'])
  const log = await world.log(world.slots, world.slots)
  const clients = await Promise.all([1, 2, 3].map(() => world.log(world.slots, world.slots)))
  expect((await world.run(log.append(bytes('d'), 3))).position).toBe(4)
  const positions = await world.run(
    Promise.all(clients.map(async (client, i) => (await client.append(bytes(`${i}`), 0)).position)),
  )
  expect(positions.sort()).toEqual([5, 6, 7])
})

it('goes on where the log ends when the counter has leapt', async () => {
  const world = new World()
  const clients = await Promise.all([1, 2, 3].map(() => world.log()))
  const { counter } = await world.open(world.counter)
  await world.appendAll(clients[0] as (typeof clients)[0], ['a'])
  await world.run(counter('~log').next(1_000_000))
  const positions = await world.run(
    Promise.all(clients.map(async (client, i) => (await client.append(bytes(`${i}`), 0)).position)),
  )
  expect(positions.sort()).toEqual([2, 3, 4])
})

it('finds the end of a long log', async () => {
  const world = new World()
  const log = await world.log()
  const slots = await world.open(world.slots)
  const entries = Array.from({ length: 20_000 }, (_, i) => ({ ref: '~log', version: String(i + 1), value: 't' }))
  await world.run(slots.versions.setMany?.(entries) ?? Promise.resolve([]))
  expect(await world.roundTrips(async () => expect(await log.tail()).toBe(20_000))).toBeLessThan(30)
  expect((await world.run(log.read(0, 20_001))).length).toBe(20_000)
})

it('refuses who has seen more than there is, and writes nothing', async () => {
  const world = new World()
  const log = await world.log()
  await world.appendAll(log, ['a'])
  await expect(world.run(log.append(bytes('b'), 2))).rejects.toThrow(LogDivergedError)
  expect(await world.run((await world.log()).tail())).toBe(1)
})

it('notices that the store lost entries', async () => {
  const world = new World()
  const log = await world.log()
  await world.appendAll(log, ['a', 'b', 'c'])
  const slots = await world.rawSlots()
  await world.run(Promise.all([slots.deleteStateAt('2'), slots.deleteStateAt('3')]))
  expect(await world.run(log.tail())).toBe(1)
  await expect(world.run(log.append(bytes('d'), 3))).rejects.toThrow(LogDivergedError)
})

it('notices that the store lost the entry at the floor, or the floor', async () => {
  const world = new World()
  const log = await world.log()
  await world.appendAll(log, ['a', 'b', 'c'])
  await world.run(log.trim(3))
  const slots = await world.rawSlots()
  await world.run(slots.deleteStateAt('3'))
  await expect(world.run(log.tail())).rejects.toThrow(LogDivergedError)
  await expect(world.run(log.read(0, 10))).rejects.toThrow(LogDivergedError)
  const { versions } = await world.open(world.slots)
  await world.run(versions.container('~log-floor').deleteStateAt('1'))
  await world.run(slots.setStateAt('ta', '1'))
  expect(shown(await world.run(log.read(0, 10)))).toEqual([[1, 'a']])
})

it('refuses slots that hold something else', async () => {
  const world = new World()
  const log = await world.log()
  const slots = await world.rawSlots()
  await world.run(slots.setStateAt({ not: 'an entry' }, '1'))
  await expect(world.run(log.read(0, 10))).rejects.toThrow(IncompatibleError)
})

it('trims, never beyond the tail; two trimmers and one that died leave nothing', async () => {
  const world = new World()
  const log = await world.log()
  const other = await world.log()
  await world.run(log.trim(5))
  expect(await world.run(log.floor())).toBe(1)
  await world.appendAll(
    log,
    Array.from({ length: 30 }, (_, i) => `${i}`),
  )
  const { versions } = await world.open(world.slots)
  // One that died: the floor is raised, and a part is deleted.
  await world.run(versions.container('~log-floor').setStateAt(20, '1'))
  const slots = versions.container('~log')
  for (let i = 1; i < 10; i++) await world.run(slots.deleteStateAt(String(i)))
  await world.run(Promise.all([log.trim(22), other.trim(25), log.trim(24), other.trim(3)]))
  expect(await world.run(other.floor())).toBe(25)
  expect([...(world.slots.holdings('test').get('~log') ?? [])].map(Number).sort((a, b) => a - b)[0]).toBe(25)
  await world.run(log.trim(1000))
  expect(shown(await world.run(other.read(0, 10)))).toEqual([[30, '29']])
})

it('wakes its subscribers, until they end', async () => {
  const world = new World()
  const log = await world.log()
  const other = await world.log()
  let woken = 0
  const subscription = await world.run(log.subscribe(() => woken++))
  await world.scheduler.advance(1000)
  expect(woken).toBe(0)
  await world.appendAll(other, ['a'])
  await world.scheduler.advance(1000)
  expect(woken).toBe(1)
  await subscription[Symbol.asyncDispose]()
  await world.appendAll(other, ['b'])
  await world.scheduler.advance(1000)
  expect(woken).toBe(1)
  expect(world.scheduler.due).toBeUndefined()
})

it('gives up on a store in which its losers never see who won', async () => {
  const world = new World()
  const log = await world.log(withCells(world.slots, () => ({ setStateAt: async () => false })))
  await world.run((await world.rawSlots()).setStateAt('ta', '2'))
  await expect(world.run(log.read(0, 10))).rejects.toThrow(UnavailableError)
})

it('is one session where both parts are one backend, and closes what it opened', async () => {
  const world = new World()
  let open = 0
  const counted = (store: typeof world.slots): typeof world.slots =>
    Object.create(store, {
      open: {
        value: async (context: Parameters<typeof store.open>[0]) => {
          open++
          const session = await store.open(context)
          return { ...session, close: async () => void open-- }
        },
      },
    })
  const slots = counted(world.slots)
  const one = await world.open(composeLog({ counter: slots, slots }))
  expect(open).toBe(1)
  const two = await world.open(composeLog({ counter: counted(world.counter), slots }))
  expect(open).toBe(3)
  await world.run(Promise.all([one.close(), two.close()]))
  expect(open).toBe(0)
  await expect(two.log.tail()).rejects.toThrow(ClosedError)
  const broken = {
    ...world.counter,
    specificationVersion: 1 as const,
    id: 'broken',
    open: () => Promise.reject(new UnavailableError('no', 'broken')),
  }
  await expect(world.open(composeLog({ counter: broken, slots }))).rejects.toThrow(UnavailableError)
  expect(open).toBe(0)
})

it('is as well as the worse of its parts', async () => {
  const world = new World()
  const log = await world.log()
  await world.run(log.append(bytes('a'), 0))
  world.reports.length = 0
  world.counter.down = true
  await expect(world.run(log.append(bytes('b'), 1))).rejects.toThrow(UnavailableError)
  world.counter.down = false
  await world.run(log.append(bytes('b'), 1))
  expect(world.reports).toEqual(['down', 'up'])
})
