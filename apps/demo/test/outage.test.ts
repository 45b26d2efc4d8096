import { randomUUID } from 'node:crypto'
import { AvoutError, connect, type Logger, type Ref } from '@avout/core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openOwnView } from '../src/own-view/open.js'
import type { ServerName } from '../src/stores/assignment.js'
import { backendOf } from '../src/stores/located.js'
import { OwnServers, serverNames } from './own-servers.js'

let servers: OwnServers

beforeAll(async () => {
  servers = await OwnServers.start()
}, 120_000)
afterAll(() => servers[Symbol.asyncDispose]())

/** Of a transaction, in ms. The backends' own calls give up after 5 s. */
const timeout = 8_000
/** What is more than a timeout was no answer to a store that is away. */
const inTime = timeout + 7_000

/** Values above the inline limit are only in their containers. */
const large = (letter: string) => letter.repeat(100_000)

/** A client with its log in one store and homes in two, each a backend of its own: nothing is shared but the servers. */
async function clientOf(log: ServerName, homes: readonly ServerName[], realm: string, logger?: Logger) {
  const [coordinator, ...backends] = await Promise.all([log, ...homes].map((name) => backendOf(name, servers.urls)))
  return connect({ coordinator: coordinator as NonNullable<typeof coordinator>, backends, realm, timeout, logger })
}

/** A logger that tells of each try of redo that failed. */
const loggerTelling = (failed: () => void): Logger => ({
  debug: (_about, message) => {
    if (message?.startsWith('values are not stored')) failed()
  },
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
})

/** What a call that should not succeed fails with, and how long that took. */
async function failureOf(call: Promise<unknown>) {
  const began = performance.now()
  const [outcome] = await Promise.allSettled([call])
  const error: unknown = outcome.status === 'rejected' ? outcome.reason : undefined
  return { kind: AvoutError.isInstance(error) ? error.kind : error, ms: performance.now() - began, error }
}

const add = (n: number) => n + 1

describe.each(serverNames)('a home that is down: %s', (home) => {
  const log: ServerName = home === 'redis' ? 'postgres' : 'redis'
  const other: ServerName = home === 'mongo' ? 'zookeeper' : 'mongo'

  test('what needs it fails in time, the rest goes on, and after its return it catches up by itself', async () => {
    const realm = `outage-${randomUUID().slice(0, 8)}`
    const failed = vi.fn()
    await using avout = await clientOf(log, [home, other], realm, loggerTelling(failed))
    const there = avout.ref('/there', 0, { in: home })
    const elsewhere = avout.ref('/elsewhere', 0, { in: other })
    const big = avout.ref('/big', '', { in: home })
    const both = () =>
      avout.dosync(async (tx) => {
        await tx.alter(there, add)
        await tx.alter(elsewhere, add)
      })
    await both()
    await avout.dosync((tx) => tx.set(big, large('a')))
    await using reader = await clientOf(log, [home, other], realm)
    const server = servers.of(home)
    await server.stop()
    try {
      // Needs it: a value that the log does not carry cannot be read, nor written.
      const needing = Promise.all([
        failureOf(reader.ref('/big', '', { in: home }).deref()),
        failureOf(reader.dosync((tx) => tx.set(reader.ref('/big', '', { in: home }), large('b')))),
      ])
      // Does not need it.
      const began = performance.now()
      await avout.dosync((tx) => tx.alter(elsewhere, add))
      expect(performance.now() - began).toBeLessThan(4_000)
      // Its value is safe in the log, and everybody reads it there.
      await both()
      expect(await reader.ref('/there', 0, { in: home }).deref()).toBe(2)
      const [read, written] = await needing
      expect(read).toMatchObject({ kind: 'unavailable', error: { backend: home } })
      expect(written).toMatchObject({ kind: 'unavailable' })
      expect(Math.max(read.ms, written.ms)).toBeLessThan(inTime)
      // Redo has met the store that is away: what brings the value home later is no call that was only slow.
      await vi.waitFor(() => expect(failed).toHaveBeenCalled(), patient)
      const { ok, backends } = await avout.health()
      expect([ok, backends[home]?.redoBacklog]).toEqual([false, 1])
    } finally {
      await server.start()
    }
    // By itself: nobody asks for it.
    await vi.waitFor(async () => {
      expect((await avout.health()).backends[home]).toMatchObject({ state: 'up', redoBacklog: 0 })
    }, patient)
    await using view = await openOwnView(home, server.url)
    await vi.waitFor(async () => expect((await view.values(realm, '/there')).get('/there')).toBe(2), patient)
    expect(await reader.ref('/big', '', { in: home }).deref()).toBe(large('a'))
    await avout.dosync((tx) => tx.set(big, large('c')))
    await both()
    expect(await values(there, elsewhere)).toEqual([3, 4])
  }, 120_000)
})

describe.each(serverNames)('a log that is down: %s', (log) => {
  const home: ServerName = log === 'redis' ? 'postgres' : 'redis'

  test('everything fails in time, and after its return goes on by itself', async () => {
    const realm = `outage-${randomUUID().slice(0, 8)}`
    await using avout = await clientOf(log, [home], realm)
    const [here, there] = [avout.ref('/here', 0), avout.ref('/there', 0, { in: home })]
    let confirmed = 0
    const both = async () => {
      await avout.dosync(async (tx) => {
        await tx.alter(here, add)
        await tx.alter(there, add)
      })
      confirmed++
    }
    await both()
    const sleeper = avout.dosync(async (tx) => {
      const n = await tx.get(here)
      return n < 4 ? tx.retry() : n
    })
    const server = servers.of(log)
    await server.stop()
    let unknown = 0
    try {
      const [committed, read, joined] = await Promise.all([
        failureOf(both()),
        failureOf(here.deref()),
        failureOf(clientOf(log, [home], realm)),
      ])
      expect(['unknown', 'unavailable']).toContain(committed.kind)
      if (committed.kind === 'unknown') unknown++
      // The transaction's own time may be over before the store's: that error names no store.
      expect(read).toMatchObject({ kind: 'unavailable' })
      expect(joined).toMatchObject({ kind: 'unavailable', error: { backend: log } })
      expect(Math.max(committed.ms, read.ms, joined.ms)).toBeLessThan(inTime)
    } finally {
      await server.start()
    }
    await vi.waitFor(both, patient)
    while (confirmed < 4) await both()
    // Who slept through it wakes all the same.
    expect(await sleeper).toBeGreaterThanOrEqual(4)
    await using reader = await clientOf(log, [home], realm)
    const [n, m] = await values(reader.ref('/here', 0), reader.ref('/there', 0, { in: home }))
    expect(m).toBe(n)
    // Waiting for it to come back may have left some without an answer; none that was confirmed is missing.
    expect(n).toBeGreaterThanOrEqual(confirmed)
    if (unknown === 0) expect(n).toBeLessThanOrEqual(confirmed + tries)
    await reader.flush()
    await using view = await openOwnView(home, servers.of(home).url)
    expect((await view.values(realm, '/there')).get('/there')).toBe(n)
  }, 120_000)
})

/** As many tries as `patient` allows may have been left without an answer. */
const patient = { timeout: 40_000, interval: 50 }
const tries = 10

const values = (...refs: readonly Ref<number>[]) => Promise.all(refs.map((ref) => ref.deref()))
