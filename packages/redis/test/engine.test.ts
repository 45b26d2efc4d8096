import { type Avout, connect } from '@avout/core'
import { type OwnServer, start } from '@avout/servers'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { redis } from '../src/index.js'
import { newRealm, until } from './open.js'

const ACCOUNTS = 20
const START = 100

let server: OwnServer

beforeAll(async () => {
  server = await start('redis')
})

afterAll(() => server.close())

const accounts = (avout: Avout) => Array.from({ length: ACCOUNTS }, (_, i) => avout.ref(`/account/${i}`, START))

/** Transfers from one account to another until told to stop; answers how many were committed. */
async function transfer(avout: Avout, client: number, going: () => boolean): Promise<number> {
  const refs = accounts(avout)
  let done = 0
  for (let i = client; going(); i++) {
    const from = refs[(i * 7) % ACCOUNTS]
    const to = refs[(i * 7 + 1 + (i % 5)) % ACCOUNTS]
    if (from === undefined || to === undefined) throw new Error('no such account')
    await avout.dosync(async (tx) => {
      await tx.alter(from, (n) => n - 1)
      await tx.alter(to, (n) => n + 1)
    })
    done++
  }
  return done
}

it('moves money among clients, and what is there can be read without Avout', async () => {
  const realm = newRealm()
  const clients = await Promise.all([1, 2, 3].map(() => connect({ coordinator: redis(server.url), realm })))
  let going = true
  let sums = 0
  const working = clients.flatMap((avout, client) =>
    [0, 1].map((worker) => transfer(avout, client * 2 + worker, () => going)),
  )
  const reader = clients[0] as Avout
  while (sums < 20) {
    const refs = accounts(reader)
    const sum = await reader.dosync(async (tx) => {
      let total = 0
      for (const ref of refs) total += await tx.get(ref)
      return total
    })
    expect(sum).toBe(ACCOUNTS * START)
    sums++
  }
  going = false
  const done = await Promise.all(working)
  expect(Math.min(...done)).toBeGreaterThan(0)
  await Promise.all(clients.map((avout) => avout.flush()))
  const raw = new Redis(server.url)
  const read = async () => {
    const texts = await raw.mget(Array.from({ length: ACCOUNTS }, (_, i) => `avout:{${realm}}:now:/account/${i}`))
    return texts.map((text) => (text === null ? START : (JSON.parse(text) as number)))
  }
  const values = await Promise.all(accounts(reader).map((ref) => ref.deref()))
  await until(async () => JSON.stringify(await read()) === JSON.stringify(values), 'the current view')
  expect(values.reduce((a, b) => a + b)).toBe(ACCOUNTS * START)
  raw.disconnect()
  await Promise.all(clients.map((avout) => avout.close()))
})

it('loses and doubles nothing when the server is killed under load', async () => {
  const realm = newRealm()
  const clients = await Promise.all([1, 2].map(() => connect({ coordinator: redis(server.url), realm })))
  let going = true
  let committed = 0
  const counting = clients.map(async (avout) => {
    const counter = avout.ref('/counter', 0)
    while (going) {
      await avout.dosync((tx) => tx.alter(counter, (n) => n + 1))
      committed++
    }
  })
  for (let round = 0; round < 2; round++) {
    const before = committed
    await until(() => committed > before + 50, 'fifty commits')
    await server.kill()
    await server.start()
  }
  const before = committed
  await until(() => committed > before + 50, 'fifty commits after all')
  going = false
  await Promise.all(counting)
  const late = await connect({ coordinator: redis(server.url), realm })
  expect(await late.ref('/counter', 0).deref()).toBe(committed)
  await Promise.all([late, ...clients].map((avout) => avout.close()))
})
