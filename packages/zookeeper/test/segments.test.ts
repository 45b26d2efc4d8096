import { IncompatibleError } from '@avout/core'
import { type OwnServer, start } from '@avout/servers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as codes from '../src/drivers/codes.js'
import { bytes, DRIVERS, newRealm, Sessions, text } from './backends.js'
import { pathOf, rawClient } from './raw.js'

let server: OwnServer

beforeAll(async () => {
  server = await start('zookeeper')
})

afterAll(() => server.close())

describe.each(DRIVERS)('with %s', (driver) => {
  it('goes over from segment to segment under several appenders, without a gap and without a double', async () => {
    await using sessions = new Sessions()
    const segmentSize = 7
    const clients = await Promise.all(
      [1, 2, 3].map(() => sessions.open({ connection: server.url, driver, segmentSize })),
    )
    const appended = new Map<number, string>()
    await Promise.all(
      clients.flatMap(({ log }, client) =>
        [1, 2].map(async (worker) => {
          for (let i = 0; i < 20; i++) {
            const record = `${client}.${worker}.${i}`
            const { position } = await log.append(bytes(record), 0)
            expect(appended.has(position)).toBe(false)
            appended.set(position, record)
          }
        }),
      ),
    )
    const count = 3 * 2 * 20
    const late = await sessions.open({ connection: server.url, driver, segmentSize })
    expect(await late.log.tail()).toBe(count)
    const entries = await late.log.read(0, 1_000)
    expect(entries.map(({ position }) => position)).toEqual(Array.from({ length: count }, (_, i) => i + 1))
    expect(entries.map(({ record }) => text(record))).toEqual(entries.map(({ position }) => appended.get(position)))
  })

  it('keeps segments that were trimmed empty: their numbers do not begin again', async () => {
    await using sessions = new Sessions()
    const options = { connection: server.url, driver, segmentSize: 5 }
    const { log } = await sessions.open(options)
    for (let i = 0; i < 12; i++) await log.append(bytes(`${i}`), i)
    await log.trim(11)
    const late = await sessions.open(options)
    expect([await late.log.floor(), await late.log.tail()]).toEqual([11, 12])
    expect((await late.log.append(bytes('12'), 12)).position).toBe(13)
    const raw = await rawClient(server.url)
    const { children } = await raw.children(pathOf(sessions.realm, 'log'))
    expect(children).toHaveLength(3)
    await raw.close()
  })

  it('reads a record as large as a request takes, which arrives in many pieces', async () => {
    await using sessions = new Sessions()
    const { log } = await sessions.open({ connection: server.url, driver })
    const record = new Uint8Array(log.maxBytes ?? 0).fill(7)
    await log.append(record, 0)
    const late = await sessions.open({ connection: server.url, driver })
    const [entry] = await late.log.read(0, 1)
    expect(entry?.record.length).toBe(record.length)
    expect(Buffer.compare(entry?.record ?? new Uint8Array(), record)).toBe(0)
  })

  it('refuses an entry that was overwritten by something else', async () => {
    await using sessions = new Sessions()
    const { log } = await sessions.open({ connection: server.url, driver })
    await log.append(bytes('ours'), 0)
    const raw = await rawClient(server.url)
    const node = `${pathOf(sessions.realm, 'log')}/0000000000/e0000000000`
    expect((await raw.set(node, Buffer.from('theirs'), -1)).code).toBe(codes.OK)
    const late = await sessions.open({ connection: server.url, driver })
    await expect(late.log.read(0, 1)).rejects.toBeInstanceOf(IncompatibleError)
    // An append behind it is in the log: it answers so, and leaves what it missed to a read.
    const another = await sessions.open({ connection: server.url, driver })
    expect(await another.log.append(bytes('behind'), 0)).toEqual({ position: 2, missed: [] })
    await raw.close()
  })

  it('makes its nodes for its user alone', async () => {
    await using sessions = new Sessions()
    const auth = { scheme: 'digest' as const, credentials: 'shop:secret' }
    const realm = newRealm()
    const root = `/guarded-${driver}`
    const { log } = await sessions.open({ connection: server.url, driver, auth, root }, undefined, realm)
    await log.append(bytes('ours'), 0)
    const stranger = await sessions.open({ connection: server.url, driver, root }, undefined, realm)
    const [reading] = await Promise.allSettled([stranger.log.append(bytes('theirs'), 0)])
    expect(reading).toMatchObject({ status: 'rejected', reason: { code: 'AVOUT_ZOOKEEPER_NO_AUTH' } })
    expect(String((reading as PromiseRejectedResult).reason)).not.toContain('secret')
    const other = { scheme: 'digest' as const, credentials: 'shop:wrong' }
    const impostor = await sessions.open({ connection: server.url, driver, auth: other, root }, undefined, realm)
    await expect(impostor.log.append(bytes('theirs'), 0)).rejects.toMatchObject({ code: 'AVOUT_ZOOKEEPER_NO_AUTH' })
    const friend = await sessions.open({ connection: server.url, driver, auth, root }, undefined, realm)
    expect((await friend.log.read(0, 10)).map(({ record }) => text(record))).toEqual(['ours'])
  })
})

it('refuses what is no option, before anything is connected', async () => {
  const { zookeeper } = await import('../src/index.js')
  expect(() => zookeeper('')).toThrow(/connection/)
  expect(() => zookeeper('user:password@host:2181')).toThrow(/credentials go into/)
  expect(() => zookeeper({ connection: 'a:2181', driver: 'node' as never })).toThrow(/driver must be/)
  expect(() => zookeeper({ connection: 'a:2181', root: '/zookeeper/x' })).toThrow(/root/)
  // The compiled driver would end the path there, and say nothing.
  expect(() => zookeeper({ connection: 'a:2181', root: '/team\0/x' })).toThrow(/root/)
  expect(() => zookeeper({ connection: 'a:2181', auth: { scheme: 'digest', credentials: 'x' } })).toThrow(
    /auth must be/,
  )
})
