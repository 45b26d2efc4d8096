import { LogDivergedError } from '@avout/core'
import { type OwnServer, start } from '@avout/servers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bytes, DRIVERS, Sessions, text, until } from './backends.js'
import { currentOf, rawClient } from './raw.js'
import { Switch } from './switch.js'

/** As many calls as are sent before others wait. */
const WINDOW = 1000

let before: OwnServer
let after: OwnServer

beforeAll(async () => {
  ;[before, after] = await Promise.all([start('zookeeper'), start('zookeeper')])
})

afterAll(() => Promise.all([before.close(), after.close()]))

describe.each(DRIVERS)('with %s', (driver) => {
  const options = { driver, timeout: 20_000, sessionTimeout: 2_000 }

  it('appends nothing to servers that have lost what its caller has seen, though it had waited when they were whole', async () => {
    await using sessions = new Sessions()
    await using turning = await Switch.open(before.url)
    const restored = await sessions.open({ connection: after.url, driver })
    for (let i = 0; i < 2; i++) await restored.log.append(bytes(`${i}`), i)
    const { log, ping } = await sessions.open({ ...options, connection: turning.url })
    for (let i = 0; i < 5; i++) await log.append(bytes(`${i}`), i)
    await before.pause()
    const pings = Promise.allSettled(Array.from({ length: WINDOW }, () => ping()))
    const value = { ref: 'r', version: '1', value: 1 }
    const appends = [log.append(bytes('late'), 5), (log.appendWith ?? log.append).call(log, bytes('late'), 5, [value])]
    const outcomes = Promise.allSettled(appends)
    turning.turn(after.url)
    await before.resume()
    for (const outcome of await outcomes) {
      // Or it had been sent before the connection was known to be lost.
      expect(outcome).toMatchObject({ reason: { kind: expect.stringMatching(/^(diverged|unavailable)$/) } })
    }
    await pings
    expect(await log.tail()).toBe(2)
    expect((await restored.log.read(0, 10)).map(({ record }) => text(record))).toEqual(['0', '1'])
  })

  it('begins anew on servers that have lost everything, and says so to who has seen more', async () => {
    await using sessions = new Sessions()
    await using turning = await Switch.open(before.url)
    const told = { states: [] as string[], errors: [] }
    const session = await sessions.open({ ...options, connection: turning.url }, told)
    const { log, versions } = session
    const counter = session.counter('c')
    await log.append(bytes('seen'), 0)
    expect([await counter.next(), await counter.next()]).toEqual([1, 2])
    await versions.setCurrent?.([{ ref: 'r', version: '1', position: 7, value: 'old' }])
    turning.turn(after.url)
    await until('that it is lost', () => told.states.at(-1) !== 'up')
    await expect(log.append(bytes('lost'), 1)).rejects.toBeInstanceOf(LogDivergedError)
    expect([await log.tail(), await log.floor(), await log.read(0, 1)]).toEqual([0, 1, []])
    // Another client has counted as often, but further: the node's version is the same.
    const other = await sessions.open({ connection: after.url, driver })
    expect([await other.counter('c').next(100), await other.counter('c').next(100)]).toEqual([100, 200])
    expect(await counter.next()).toBe(201)
    expect((await log.append(bytes('anew'), 0)).position).toBe(1)
    await versions.setCurrent?.([{ ref: 'r', version: '2', position: 1, value: 'new' }])
    const raw = await rawClient(after.url)
    expect(await currentOf(raw, sessions.realm, 'r')).toBe('new')
    await raw.close()
  })
})
