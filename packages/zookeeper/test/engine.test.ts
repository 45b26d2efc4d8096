import { type Avout, connect } from '@avout/core'
import { type OwnServer, start } from '@avout/servers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { zookeeper } from '../src/index.js'
import { DRIVERS, newRealm, until } from './backends.js'
import { currentOf, rawClient } from './raw.js'

const ACCOUNTS = 10
const START = 100

let server: OwnServer

beforeAll(async () => {
  server = await start('zookeeper')
})

afterAll(() => server.close())

const accounts = (avout: Avout) => Array.from({ length: ACCOUNTS }, (_, i) => avout.ref(`/account/${i}`, START))

describe.each(DRIVERS)('with %s', (driver) => {
  const open = (realm: string) => connect({ coordinator: zookeeper({ connection: server.url, driver }), realm })

  it('moves money among clients, and what is there can be read without Avout', async () => {
    const realm = newRealm()
    const clients = await Promise.all([1, 2, 3].map(() => open(realm)))
    let going = true
    const working = Promise.all(
      clients.map(async (avout, client) => {
        const refs = accounts(avout)
        let done = 0
        for (let i = client; going; i++, done++) {
          const [from, to] = [refs[i % ACCOUNTS], refs[(i + 1 + (i % 3)) % ACCOUNTS]]
          if (from === undefined || to === undefined) throw new Error('no such account')
          await avout.dosync(async (tx) => {
            await tx.alter(from, (n) => n - 1)
            await tx.alter(to, (n) => n + 1)
          })
        }
        return done
      }),
    )
    const reader = clients[0] as Avout
    for (let i = 0; i < 20; i++) {
      const reading = reader.read((tx) => tx.getAll(accounts(reader)))
      // The work ends only by failing: then that is what went wrong.
      const balances = await Promise.race([reading, working])
      expect(balances.reduce((a, b) => a + b)).toBe(ACCOUNTS * START)
    }
    going = false
    expect(Math.min(...(await working))).toBeGreaterThan(0)
    await Promise.all(clients.map((avout) => avout.flush()))
    const raw = await rawClient(server.url)
    const shown = await Promise.all(
      accounts(reader).map(async ({ name }) => (await currentOf(raw, realm, name)) ?? START),
    )
    expect(shown).toEqual(await reader.read((tx) => tx.getAll(accounts(reader))))
    await Promise.all([raw, ...clients].map((each) => each.close()))
  })

  it('loses and doubles nothing when the server is killed under load', async () => {
    const realm = newRealm()
    const clients = await Promise.all([1, 2].map(() => open(realm)))
    let going = true
    let committed = 0
    const counting = Promise.all(
      clients.map(async (avout) => {
        const counter = avout.ref('/counter', 0)
        while (going) {
          // An outage counts as time that it takes: not to be lost is what matters here.
          await avout.dosync((tx) => tx.alter(counter, (n) => n + 1), { timeout: 60_000 })
          committed++
        }
      }),
    )
    const more = async () => {
      const before = committed
      await Promise.race([counting, until('fifty commits', () => committed > before + 50)])
    }
    for (let round = 0; round < 2; round++) {
      await more()
      await server.kill()
      await server.start()
    }
    await more()
    going = false
    await counting
    const late = await open(realm)
    expect(await late.ref('/counter', 0).deref()).toBe(committed)
    await Promise.all([late, ...clients].map((avout) => avout.close()))
  })
})
