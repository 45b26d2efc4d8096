import { type Avout, type Coordinator, composeLog, connect } from '@avout/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openServers, type Servers } from '../src/stores.js'
import { shown } from './support/own-clients.js'
import { newRealm, type Place, placeOfServers } from './support/places.js'
import { sessionOf } from './support/stored.js'

let place: Place
beforeAll(async () => {
  place = await placeOfServers()
}, 120_000)
afterAll(() => place[Symbol.asyncDispose]())

const accounts = 6
const opening = 100
const refsOf = (client: Avout) => Array.from({ length: accounts }, (_, i) => client.ref(`/account/${i}`, opening))
const total = (balances: readonly number[]) => balances.reduce((a, b) => a + b, 0)

/** Moves money about; equal numbers move it alike. */
async function transfer(client: Avout, number: number): Promise<void> {
  const refs = refsOf(client)
  for (let i = 0; i < 20; i++) {
    const from = (i * 5 + number) % accounts
    const to = (from + 1 + ((i + number) % (accounts - 1))) % accounts
    const amount = 1 + ((i * 7 + number) % 30)
    await client.dosync(async (tx) => {
      await tx.alter(refs[from] as (typeof refs)[number], (balance) => balance - amount)
      await tx.alter(refs[to] as (typeof refs)[number], (balance) => balance + amount)
      await tx.alter(client.ref('/made', 0), (made) => made + 1)
    })
  }
}

type Of = (servers: Servers) => Coordinator

test.each<[name: string, coordinatorOf: Of, home: string]>([
  [
    'log postgres, counter redis, lock zookeeper',
    ({ postgres, redis, zookeeper }) => ({ log: postgres, counter: redis, lock: zookeeper }),
    'postgres',
  ],
  [
    'log postgres, counter redis, lock zookeeper, values mongo',
    ({ postgres, redis, zookeeper, mongo }) => ({ log: postgres, counter: redis, lock: zookeeper, values: mongo }),
    'mongo',
  ],
  [
    'log composed of redis and postgres, counter mongo, lock zookeeper, values redis',
    ({ postgres, redis, zookeeper, mongo }) => ({
      log: composeLog({ counter: redis, slots: postgres }),
      counter: mongo,
      lock: zookeeper,
      values: redis,
    }),
    'redis',
  ],
])('%s: transfers keep the sum, and values lie where they should', async (_name, coordinatorOf, home) => {
  const realm = newRealm()
  const open = () => connect({ coordinator: coordinatorOf(openServers(place.urls)), realm })
  await using first = await open()
  await using second = await open()
  await using third = await open()
  await using auditor = await open()
  let going = true
  const auditing = (async () => {
    let audits = 0
    for (; going; audits++) {
      expect(total(await auditor.read((tx) => tx.getAll(refsOf(auditor))))).toBe(accounts * opening)
    }
    return audits
  })()
  await Promise.all([first, second, third].map(transfer)).finally(() => {
    going = false
  })
  expect(await auditing).toBeGreaterThan(1)
  expect(await auditor.ref('/made', 0).deref()).toBe(60)
  await Promise.all([first, second, third].map((client) => client.flush()))
  for await (const info of auditor.list()) expect(info).toMatchObject({ in: home })
  const balances = await auditor.read((tx) => tx.getAll(refsOf(auditor)))
  const seen = await shown(auditor, { ...place.urls, files: '' })
  expect(seen).toEqual(new Map([...balances.map((balance, i) => [`/account/${i}`, balance] as const), ['/made', 60]]))
})

test('locks, counters and atoms are in the stores that the coordinator names', async () => {
  const realm = newRealm()
  const servers = openServers(place.urls)
  const { postgres, redis, zookeeper, mongo } = servers
  const coordinator = { log: postgres, counter: redis, lock: zookeeper, state: mongo }
  await using client = await connect({ coordinator, realm })
  await using held = await client.lock('/desk').acquire()
  expect(await client.counter('/orders').next(5)).toBe(5)
  await client.atom('/mood', 'calm').reset('busy')
  for (const backend of Object.values(servers)) {
    const { id } = backend
    await using opened = await sessionOf(backend, realm)
    const { session } = opened
    const waiters = await session.lock('/desk').queue()
    expect([id, waiters.map(({ holds }) => holds)]).toEqual([id, id === 'zookeeper' ? [true] : []])
    expect([id, await session.counter('/orders').current()]).toEqual([id, id === 'redis' ? 5 : 0])
    const state = session.state('/mood')
    await state.initStateContainer()
    expect([id, (await state.getState()) !== undefined]).toEqual([id, id === 'mongo'])
  }
  expect(held.token).toBeGreaterThan(0)
})

describe('a coordinator that lacks', () => {
  const code = (code: string) => expect.objectContaining({ name: 'TypeError', code })
  let client: Avout
  beforeAll(async () => {
    const { redis, postgres } = openServers(place.urls)
    client = await connect({ coordinator: { log: composeLog({ counter: redis, slots: postgres }) }, realm: newRealm() })
  })
  afterAll(() => client.close())

  test('values: a ref has to say where it lives', async () => {
    const { mongo } = openServers(place.urls)
    expect(() => client.ref('/nowhere', 0)).toThrow('/nowhere needs a home: the coordinator keeps no values')
    const somewhere = client.ref('/somewhere', 0, { in: mongo })
    expect(await client.dosync((tx) => tx.alter(somewhere, (n) => n + 1))).toBe(1)
  })

  test('locks, counters, state: what needs them says so', async () => {
    await expect(client.lock('/desk').acquire()).rejects.toEqual(code('AVOUT_NO_LOCK'))
    expect(() => client.counter('/orders')).toThrow(code('AVOUT_NO_COUNTER'))
    expect(() => client.atom('/mood', 'calm')).toThrow('/mood needs a home: the coordinator keeps no plain state')
  })

  test('a part that it names: connecting says which', async () => {
    const { redis, postgres } = openServers(place.urls)
    const log = composeLog({ counter: redis, slots: postgres })
    const connecting = connect({ coordinator: { log: postgres, lock: log as never }, realm: newRealm() })
    await expect(connecting).rejects.toThrow(`the backend "${log.id}" is named as the coordinator's lock`)
  })
})
