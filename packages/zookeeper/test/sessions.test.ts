import { ClosedError, LogDivergedError } from '@avout/core'
import { afterEach, describe, expect, it } from 'vitest'
import type { Connection } from '../src/connection.js'
import { ZooKeeperCounter } from '../src/counter.js'
import * as codes from '../src/drivers/codes.js'
import { Lifetime } from '../src/lifetime.js'
import { MOST } from '../src/limits.js'
import { ZooKeeperLog } from '../src/log.js'
import { Realm } from '../src/realm.js'
import { ZooKeeperState } from '../src/state.js'
import { ZooKeeperVersions } from '../src/versioned-state.js'
import { bytes, text, until } from './backends.js'
import type { Tree } from './tree.js'
import { World } from './world.js'

const open = new Set<Connection>()

/** All primitives of a realm, through one connection. */
function clientOf(world: World) {
  const connection = world.connect()
  open.add(connection)
  const realm = new Realm(connection, '/avout', 'r')
  const lifetime = new Lifetime()
  const versions = new ZooKeeperVersions(realm, lifetime, 0)
  return {
    connection,
    realm,
    versions,
    log: new ZooKeeperLog(realm, versions, lifetime, 3),
    counter: new ZooKeeperCounter(realm, 'c', lifetime),
    state: new ZooKeeperState(realm, 's', lifetime),
    show: (position: number, value: string) => versions.setCurrent([{ ref: 'x', version: value, position, value }]),
  }
}

type Client = ReturnType<typeof clientOf>

/** Servers with what was done before. */
async function serversWith(work: (client: Client) => Promise<unknown>): Promise<Tree> {
  const world = new World()
  const client = clientOf(world)
  await work(client)
  return world.tree
}

const fill =
  (...records: string[]) =>
  async ({ log }: Client) => {
    for (const [i, record] of records.entries()) await log.append(bytes(record), i)
  }

const read = async ({ log }: Client): Promise<string[]> => {
  const found: string[] = []
  for (let after = (await log.floor()) - 1; ; ) {
    const page = await log.read(after, 100)
    if (page.length === 0) return found
    found.push(...page.map(({ position, record }) => `${position} ${text(record)}`))
    after = page.at(-1)?.position ?? after
  }
}

afterEach(async () => {
  await Promise.all(Array.from(open, (connection) => connection.close()))
  open.clear()
})

describe('what was seen in a session counts in no other, whose servers may have lost data', () => {
  it.each(['append', 'appendWith'] as const)('%s, where it had to wait, adds nothing there', async (append) => {
    const world = new World(await serversWith(fill('1', '2')))
    const other = await serversWith(fill('1'))
    const client = clientOf(world)
    expect(await client.log.tail()).toBe(2)
    world.meanwhile = ({ tree }) => (tree === other ? undefined : new Promise(() => {}))
    // As many as are sent before others wait.
    const reads = Promise.all(Array.from({ length: 1000 }, () => client.connection.get('/x')))
    const appending = client.log[append]?.(bytes('late'), 2, [{ ref: 'x', version: '1', value: 1 }])
    const outcome = expect(appending).rejects.toBeInstanceOf(LogDivergedError)
    await new Promise(setImmediate)
    world.turn(other)
    await outcome
    await reads
    expect(await read(client)).toEqual(['1 1'])
  })

  it('a counter is not set by a version that fits by chance', async () => {
    const world = new World(await serversWith(async ({ counter }) => [await counter.next(), await counter.next()]))
    const other = await serversWith(async ({ counter }) => [await counter.next(100), await counter.next(100)])
    const { counter } = clientOf(world)
    world.turnAfter('get', /counters\/c$/, other)
    expect(await counter.next()).toBe(201)
    expect(world.turned).toBe(true)
  })

  it('nor is a state', async () => {
    const world = new World(await serversWith(({ state }) => state.setState('a')))
    const other = await serversWith(({ state }) => state.setState('b'))
    const { state } = clientOf(world)
    world.turnAfter('get', /states\/s$/, other)
    expect(await state.compareAndSetState('a', 'c')).toBe(false)
    expect(await state.getState()).toBe('b')
    expect(world.turned).toBe(true)
  })

  it('nor what a ref shows', async () => {
    const world = new World(await serversWith(({ show }) => show(7, 'seven')))
    const other = await serversWith(({ show }) => show(9, 'nine'))
    const client = clientOf(world)
    world.turnAfter('get', /refs\/x$/, other)
    await client.show(8, 'eight')
    expect(world.turned).toBe(true)
    const { data } = await client.connection.get('/avout/r/refs/x')
    expect(text(data)).toContain('nine')
  })

  it('no segment is made, and none is left, for one that was full elsewhere', async () => {
    const world = new World(await serversWith(fill('1', '2', '3')))
    const other = await serversWith(fill('1', '2'))
    const client = clientOf(world)
    world.turnAfter('create', /log\/0000000001\/e$/, other)
    expect((await client.log.append(bytes('new'), 2)).position).toBe(3)
    expect(world.turned).toBe(true)
    expect(await read(client)).toEqual(['1 1', '2 2', '3 new'])
  })

  it('the tail is not found behind a segment that was full elsewhere', async () => {
    const world = new World(await serversWith(fill('1', '2', '3')))
    const { log } = clientOf(world)
    world.turnAfter('set', /log\/0000000000$/, await serversWith(fill('1', '2')))
    expect(await log.tail()).toBe(2)
    expect(world.turned).toBe(true)
  })

  it('entries that were read are not taken for those of other servers', async () => {
    const world = new World(await serversWith(fill('lost', 'too')))
    const other = await serversWith(fill('kept', 'so'))
    const client = clientOf(world)
    world.turnAfter('get', /e0000000001$/, other)
    const entries = await client.log.read(0, 2)
    expect(world.turned).toBe(true)
    expect(entries.map(({ record }) => text(record))).toEqual(['kept', 'so'])
    expect(await read(client)).toEqual(['1 kept', '2 so'])
  })

  it('an entry that was made is not taken for known where its values are stored in another session', async () => {
    const values = ['a', 'b'].map((ref) => ({ ref, version: '1', value: 'x'.repeat(MOST - 2000) }))
    const world = new World(await serversWith(({ versions }) => versions.setMany(values.slice(1))))
    const other = await serversWith(({ realm }) => realm.ready())
    const client = clientOf(world)
    // It does not fit beside the record, is there already, and so is looked at by itself: in the other session.
    world.turnAfter('multi', /refs\/b\/1$/, other)
    // By then the end of the log was looked for there.
    const tail = { of: undefined as number | undefined }
    world.meanwhile = ({ operation, path, tree }) => {
      if (operation !== 'create' || tree !== other || !path.endsWith('refs/b/1')) return
      return client.log.tail().then((of) => Object.assign(tail, { of }))
    }
    expect(await client.log.appendWith?.(bytes('lost'), 0, values)).toMatchObject({ position: 1 })
    expect(tail.of).toBe(0)
    expect(world.turned).toBe(true)
    await expect(client.log.append(bytes('on top'), 1)).rejects.toBeInstanceOf(LogDivergedError)
    expect(await read(client)).toEqual([])
  })

  it.each([
    ['before it raises the floor', 'set', /log\/0000000002$/],
    ['before it deletes', 'set', /floor$/],
    ['while it deletes', 'remove', /e0000000000$/],
  ] as const)('a trim deletes nothing there that is not below the floor there: %s', async (_when, operation, path) => {
    const world = new World(await serversWith(fill('1', '2', '3', '4', '5', '6', '7')))
    const other = await serversWith(fill('a', 'b', 'c', 'd'))
    const client = clientOf(world)
    world.turnAfter(operation, path, other)
    await client.log.trim(6)
    expect(world.turned).toBe(true)
    // Not above the tail: the last entry stays.
    expect(await client.log.floor()).toBe(4)
    expect(await read(client)).toEqual(['4 d'])
    // A segment is never listed: it may have more children than an answer holds.
    expect(world.done.filter(({ operation }) => operation === 'children')).toEqual([])
    const there = world.done.filter(({ tree }) => tree === other)
    const deleted = there.findIndex((asked) => asked.operation === 'remove')
    const raised = there.findIndex((asked) => asked.operation === 'set' && asked.path.endsWith('floor'))
    expect(deleted).toBeGreaterThan(raised)
    expect(raised).toBeGreaterThanOrEqual(0)
  })
})

it('says of a commit that is in the log already no more than that it may not be', async () => {
  const world = new World()
  const client = clientOf(world)
  await client.log.append(bytes('1'), 0)
  const values = ['a', 'b'].map((ref) => ({ ref, version: '1', value: 'x'.repeat(MOST - 2000) }))
  // Values that do not fit beside the record follow in requests of their own.
  world.instead = ({ path }) => (path.includes('refs/b/') ? codes.NO_AUTH : undefined)
  const [outcome] = await Promise.allSettled([client.log.appendWith?.(bytes('2'), 1, values)])
  expect(outcome).toMatchObject({ reason: { kind: 'unavailable' } })
  expect(await read(client)).toEqual(['1 1', '2 2'])
})

it('ends calls that wait to be sent again when it is closed', async () => {
  const world = new World()
  const { connection } = clientOf(world)
  await connection.ready()
  let lost = 0
  world.instead = () => {
    lost++
    return codes.CONNECTION_LOSS
  }
  const reading = Promise.allSettled([connection.get('/x')])
  await until('that it is lost', () => lost > 0)
  await connection.close()
  expect((await reading)[0]).toMatchObject({ reason: expect.any(ClosedError) })
})

it('looks for many values that may only not have arrived yet behind one write for all', async () => {
  const world = new World()
  const { realm, versions } = clientOf(world)
  await realm.ready()
  await versions.setMany([{ ref: 'a', version: '1', value: 1 }])
  const before = world.done.length
  const keys = Array.from({ length: 20 }, (_, i) => ({ ref: 'a', version: `${i}` }))
  expect((await versions.getMany(keys)).filter((value) => value !== undefined)).toEqual([1])
  expect(world.done.slice(before).filter(({ operation }) => operation === 'set')).toHaveLength(1)
})

it('makes a new session where a driver says at once that it has none', async () => {
  const world = new World()
  const { connection } = clientOf(world)
  await connection.ready()
  const { epoch } = connection
  let asked = 0
  world.instead = () => (asked++ === 0 ? codes.INVALID_STATE : undefined)
  const [made, found] = await Promise.allSettled([connection.create('/x', Buffer.alloc(0)), connection.get('/x')])
  // Whether it was made nobody knows; what may be asked again is.
  expect(made).toMatchObject({ reason: { kind: 'unavailable' } })
  expect(found).toMatchObject({ value: { code: codes.NO_NODE } })
  expect(connection.epoch).toBe(epoch + 1)
})
