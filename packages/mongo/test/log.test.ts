import { LogDivergedError, UnavailableError } from '@avout/core'
import { type Server, shared } from '@avout/servers'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { mongo } from '../src/index.js'
import { bytes, listened, look, newRealm, openOn, openSession, refusal, textOf } from './open.js'

let server: Server
let stranger: ReturnType<typeof look>
beforeAll(async () => {
  server = await shared('mongo-replica-set')
  stranger = look(server.url)
})
afterAll(async () => {
  await stranger.close()
  await server.close()
})

const log = () => stranger.collection('log')
const at = (realm: string, position: number) => ({ _id: { realm, position } })

it('takes one round trip while nobody else appends, with values beside it, and reads nothing', async () => {
  const { client, commands } = listened(server.url)
  const session = await openSession({ client })
  await session.log.append(bytes('first'), 0)
  commands.length = 0
  for (let i = 1; i < 10; i++) await session.log.append(bytes(`${i}`), i)
  expect(commands).toEqual(Array.from({ length: 9 }, () => 'update'))
  commands.length = 0
  await session.log.appendWith?.(bytes('with'), 10, [{ ref: 'r', version: '1', value: 1 }])
  expect(commands.sort()).toEqual(['insert', 'update'])
  commands.length = 0
  // Several under way: what they miss of each other is at hand.
  const together = await Promise.all([1, 2, 3, 4].map((i) => session.log.append(bytes(`t${i}`), 11)))
  expect(commands).toEqual(['update', 'update', 'update', 'update'])
  expect(together.map(({ position }) => position)).toEqual([12, 13, 14, 15])
  expect(together[3]?.missed.map(textOf)).toEqual(['t1', 't2', 't3'])
  await session.close()
  await client.close()
})

it('does not take itself for a rival, when several appends are its first', async () => {
  const { client, commands } = listened(server.url)
  for (let round = 0; round < 5; round++) {
    const session = await openSession({ client })
    await Promise.all([1, 2, 3, 4].map((i) => session.log.append(bytes(`${i}`), 0)))
    await Promise.all([1, 2, 3, 4].map((i) => session.log.append(bytes(`${i}`), 0)))
    await session.close()
  }
  expect(commands.includes('findAndModify')).toBe(false)
  await client.close()
})

it('answers nothing of a standalone that is not on disk', async () => {
  const standalone = await shared('mongo')
  const realm = newRealm()
  const { client, commands } = listened(standalone.url)
  const [session, other] = [await openSession({ client }, realm), await openSession(standalone.url, realm)]
  await session.log.tail()
  await other.log.append(bytes('1'), 0)
  commands.length = 0
  await session.log.read(0, 1)
  expect(commands).toEqual(['aggregate', 'update'])
  await session.log.read(0, 1)
  await session.log.tail()
  expect(commands.slice(2)).toEqual(['aggregate', 'aggregate'])
  await Promise.all([session.close(), other.close()])
  await client.close()
  await standalone.close()
})

it('does not take what was there before it came for a rival', async () => {
  const realm = newRealm()
  const before = await openSession(server.url, realm)
  for (let i = 0; i < 5; i++) await before.log.append(bytes(`${i}`), i)
  const { client, commands } = listened(server.url)
  const session = await openSession({ client }, realm)
  const first = await session.log.append(bytes('mine'), 0)
  expect([first.position, first.missed.length]).toEqual([6, 5])
  await session.log.append(bytes('mine'), 6)
  expect(commands.includes('findAndModify')).toBe(false)
  await Promise.all([before.close(), session.close()])
  await client.close()
})

it('reserves positions after it met another, in the order of the calls, and guesses again when all is quiet', async () => {
  const realm = newRealm()
  const { client, commands } = listened(server.url)
  const [session, other] = [await openSession({ client }, realm), await openSession(server.url, realm)]
  await session.log.append(bytes('a'), 0)
  await other.log.append(bytes('b'), 1)
  const { position } = await session.log.append(bytes('c'), 1)
  expect(commands.includes('findAndModify')).toBe(true)
  commands.length = 0
  const records = Array.from({ length: 20 }, (_, i) => bytes(`${i}`))
  const appended = await Promise.all(records.map((record) => session.log.append(record, position)))
  const reservations = commands.filter((name) => name === 'findAndModify').length
  expect(reservations).toBeGreaterThan(0)
  expect(reservations).toBeLessThan(4)
  expect(appended.map((one) => one.position)).toEqual(records.map((_, i) => position + 1 + i))
  for (let i = 0; i < 140; i++) await session.log.append(bytes('quiet'), position + 20 + i)
  commands.length = 0
  await session.log.append(bytes('guessed'), position + 160)
  expect(commands).toEqual(['update'])
  await Promise.all([session.close(), other.close()])
  await client.close()
})

it('shares the log fairly between one who guesses and one who has met others', async () => {
  const realm = newRealm()
  const sessions = await Promise.all([1, 2, 3].map(() => openSession(server.url, realm)))
  let going = true
  const counts = sessions.map(async (session) => {
    let count = 0
    for (let after = 0; going; count++) after = (await session.log.append(bytes('x'), after)).position
    return count
  })
  const begun = performance.now()
  while (performance.now() - begun < 2000) await sessions[0]?.log.tail()
  going = false
  const done = await Promise.all(counts)
  expect(Math.min(...done) * 3).toBeGreaterThan(Math.max(...done))
  await Promise.all(sessions.map((session) => session.close()))
})

it('fills the hole that a writer left who died, and no hole with nothing above it', async () => {
  const realm = newRealm()
  const session = await openSession(server.url, realm)
  await session.log.append(bytes('1'), 0)
  await log().insertOne({ ...at(realm, 4), record: Buffer.from('4') })
  expect(await session.log.tail()).toBe(1)
  const read = await session.log.read(0, 10)
  expect(read.map(textOf)).toEqual(['1'])
  expect((await session.log.read(1, 10)).map(textOf)).toEqual(['', '', '4'])
  expect(await session.log.tail()).toBe(4)
  expect(await log().countDocuments({ '_id.realm': realm, '_id.position': { $gt: 4 } })).toBe(0)
  await session.close()
})

it('fills holes below an append before it is acknowledged', async () => {
  const realm = newRealm()
  const session = await openSession(server.url, realm)
  await session.log.append(bytes('1'), 0)
  // Others have reserved 2 and 3, and are slow.
  await log().insertOne({ ...at(realm, -2), n: 3 })
  await log().insertOne({ ...at(realm, 3), record: Buffer.from('3') })
  const second = await session.log.append(bytes('mine'), 1)
  const third = await session.log.append(bytes('more'), second.position)
  expect(third.position).toBeGreaterThan(3)
  const all = await session.log.read(0, 10)
  expect(all.map(({ position }) => position)).toEqual(all.map((_, i) => i + 1))
  expect(all.map(textOf).filter(Boolean)).toEqual(['1', 'mine', '3', 'more'])
  await session.close()
})

it('does not believe a counter that stands far above the log', async () => {
  const realm = newRealm()
  const session = await openSession(server.url, realm)
  await session.log.append(bytes('1'), 0)
  await log().insertMany([
    { ...at(realm, 2), record: Buffer.from('2') },
    { ...at(realm, -2), n: 1_000_000 },
  ])
  expect((await session.log.append(bytes('3'), 1)).position).toBeLessThan(10)
  await session.close()
})

it('refuses, and leaves nothing of, a write that comes after its place was trimmed', async () => {
  const realm = newRealm()
  const [late, other] = [await openSession(server.url, realm), await openSession(server.url, realm)]
  await late.log.append(bytes('1'), 0)
  for (let i = 1; i < 10; i++) await other.log.append(bytes(`${i + 1}`), i)
  await other.log.trim(8)
  // The anchor that it knows is gone as well, so it finds its way.
  const appended = await late.log.append(bytes('late'), 1)
  expect([appended.position, appended.missed.map(textOf)]).toEqual([11, ['8', '9', '10']])
  // One that is under way while others trim: only the floor tells.
  await log().updateOne(at(realm, -1), { $set: { floor: 500 } })
  const error = await refusal(late.log.append(bytes('void'), 11))
  expect(error).toBeInstanceOf(UnavailableError)
  expect(await log().countDocuments({ '_id.realm': realm, record: Buffer.from('void') })).toBe(0)
  await Promise.all([late.close(), other.close()])
})

it('never answers what stands below the floor', async () => {
  const realm = newRealm()
  const [one, other] = [await openSession(server.url, realm), await openSession(server.url, realm)]
  for (let i = 0; i < 10; i++) await one.log.append(bytes(`${i + 1}`), i)
  await other.log.trim(6)
  // A sleeper has won a place that was trimmed long ago.
  await log().insertOne({ ...at(realm, 3), record: Buffer.from('sleeper') })
  for (const session of [one, other, await openSession(server.url, realm)]) {
    for (const after of [0, 2, 3, 5]) expect((await session.log.read(after, 1)).map(textOf)).toEqual(['6'])
    expect((await session.log.append(bytes('x'), 2)).missed[0]?.position).toBe(6)
  }
  await other.log.trim(7)
  expect(await log().countDocuments({ '_id.realm': realm, '_id.position': { $gt: 0, $lt: 7 } })).toBe(0)
  await Promise.all([one.close(), other.close()])
})

it('writes nothing above entries that the store has lost', async () => {
  const realm = newRealm()
  const session = await openSession(server.url, realm)
  for (let i = 0; i < 5; i++) await session.log.append(bytes(`${i + 1}`), i)
  // A backup was restored.
  await log().deleteMany({ '_id.realm': realm, '_id.position': { $gt: 3 } })
  await expect(session.log.append(bytes('6'), 5)).rejects.toThrow(LogDivergedError)
  expect(await session.log.tail()).toBe(3)
  expect(await log().countDocuments({ '_id.realm': realm, '_id.position': { $gt: 3 } })).toBe(0)
  // Who has seen nothing of it goes on.
  expect((await session.log.append(bytes('4'), 3)).position).toBe(4)
  // All is gone.
  await log().deleteMany({ '_id.realm': realm })
  await expect(session.log.append(bytes('5'), 4)).rejects.toThrow(LogDivergedError)
  expect(await session.log.tail()).toBe(0)
  await session.close()
})

it('finds its way in a log that is long, from anywhere', async () => {
  const realm = newRealm()
  const entries = Array.from({ length: 5000 }, (_, i) => ({ ...at(realm, i + 1), record: Buffer.from(`${i + 1}`) }))
  await log().insertMany(entries)
  const session = await openOn(mongo(server.url), realm)
  expect(await session.log.tail()).toBe(5000)
  expect((await session.log.append(bytes('next'), 4990)).missed.map(textOf)).toEqual(
    Array.from({ length: 10 }, (_, i) => `${4991 + i}`),
  )
  await session.log.trim(4900)
  expect(await log().countDocuments({ '_id.realm': realm, '_id.position': { $gt: 0 } })).toBe(102)
  await session.close()
})
