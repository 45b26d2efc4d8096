import { expect, test } from 'vitest'
import { platform } from '../../src/platform/node.js'
import { encodeRealm, encodeTransactions } from '../../src/record/encode.js'
import { MAX_WINDOW, type RealmRecord } from '../../src/record/record.js'
import { Replica } from '../../src/replay/replica.js'
import type { Version } from '../../src/state/version.js'
import { recordOf } from './history.js'

const realm: RealmRecord = { kind: 'realm', window: 3, inlineLimit: 7 }

function replica(told: Version[] = []): Replica {
  return new Replica(platform.hash, { ownJudged: () => undefined, otherWrote: (version) => told.push(version) })
}

const text = (json: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(json))

function write(to: Replica, client: string, name?: string): Uint8Array {
  const spec = { client, ...(name === undefined ? {} : { name }), number: 1, s: to.position, h: to.hash }
  return encodeTransactions(recordOf(to.states, { ...spec, txs: [{ label: 'pay', writes: [['/x', '']] }] }))
}

test('the first realm record founds the realm, wherever it stands; later ones are nothing', () => {
  const log = replica()
  log.apply(new Uint8Array(), undefined)
  log.apply(text({ not: 'ours' }), undefined)
  expect(log.realm).toBeUndefined()
  log.apply(encodeRealm(realm), undefined)
  expect(log.realm).toEqual(realm)
  log.apply(encodeRealm({ ...realm, window: 1 }), undefined)
  expect(log.realm).toEqual(realm)
  expect(log.window.window).toBe(3)
  expect(log.position).toBe(4)
})

test('what stands before the founding counts for nothing', () => {
  const log = replica()
  log.apply(write(log, 'a'), undefined)
  expect(log.states.of('/x').head.position).toBe(0)
  log.apply(encodeRealm(realm), undefined)
  log.apply(write(log, 'a'), undefined)
  expect(log.states.of('/x').head.position).toBe(3)
})

test('a record may be built on the very beginning of the realm', () => {
  const log = replica()
  log.apply(new Uint8Array(), undefined)
  const bytes = write(log, 'a')
  log.apply(encodeRealm(realm), undefined)
  log.apply(bytes, undefined)
  expect(log.states.of('/x').head.position).toBe(3)
})

test('the hash covers every entry, whatever it is, and what was before', () => {
  const log = replica()
  let hash = ''
  for (const bytes of [new Uint8Array(), encodeRealm(realm), text(5), new Uint8Array()]) {
    log.apply(bytes, undefined)
    hash = platform.hash(hash, bytes)
    expect(log.hash).toBe(hash)
    expect(log.window.hashAt(log.position)).toBe(hash)
  }
})

test('what another client wrote is told, with its author where the version does not say it', () => {
  const told: Version[] = []
  const log = replica(told)
  log.apply(encodeRealm(realm), undefined)
  log.apply(write(log, 'a', 'till 3'), undefined)
  expect(told).toEqual([log.states.of('/x').head])
  expect(told[0]?.author).toEqual({ id: 'a.1.0', client: 'till 3', label: 'pay' })
})

test.each([0, MAX_WINDOW + 1, 1.5, -1, '3', null])('a window of %s is no realm', (window) => {
  const log = replica()
  log.apply(text({ f: 1, k: 'realm', window, inlineLimit: 7 }), undefined)
  expect(log.realm).toBeUndefined()
})

test('the widest window there is', () => {
  const log = replica()
  log.apply(encodeRealm({ ...realm, window: MAX_WINDOW }), undefined)
  expect(log.window.window).toBe(MAX_WINDOW)
})
