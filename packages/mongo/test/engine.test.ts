import { type Avout, connect } from '@avout/core'
import { type OwnServer, start } from '@avout/servers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mongo } from '../src/index.js'
import { look, newRealm, until } from './open.js'

const ACCOUNTS = 20
const START = 100

describe.each(['mongo', 'mongo-replica-set'] as const)('the engine on %s', (kind) => {
  let server: OwnServer
  beforeAll(async () => {
    server = await start(kind)
  })
  afterAll(() => server.close())

  const accounts = (avout: Avout) => Array.from({ length: ACCOUNTS }, (_, i) => avout.ref(`/account/${i}`, START))
  const open = (realm: string) => connect({ coordinator: mongo(server.url), realm })

  /** Transfers from one account to another until told to stop; answers how many were committed. */
  async function transfer(avout: Avout, worker: number, going: () => boolean): Promise<number> {
    const refs = accounts(avout)
    let done = 0
    for (let i = worker; going(); i++) {
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
    const clients = await Promise.all([1, 2, 3].map(() => open(realm)))
    const reader = clients[0] as Avout
    let going = true
    const working = clients.flatMap((avout, client) =>
      [0, 1].map((worker) => transfer(avout, client * 2 + worker, () => going)),
    )
    for (let sums = 0; sums < 20; sums++) {
      const refs = accounts(reader)
      const sum = await reader.dosync(async (tx) => {
        let total = 0
        for (const ref of refs) total += await tx.get(ref)
        return total
      })
      expect(sum).toBe(ACCOUNTS * START)
    }
    going = false
    expect(Math.min(...(await Promise.all(working)))).toBeGreaterThan(0)
    await Promise.all(clients.map((avout) => avout.flush()))
    const values = await Promise.all(accounts(reader).map((ref) => ref.deref()))
    expect(values.reduce((a, b) => a + b)).toBe(ACCOUNTS * START)
    const stranger = look(server.url)
    const current = async () => {
      const documents = await stranger.collection('current').find({ '_id.realm': realm }).toArray()
      const shown = new Map(documents.map(({ _id, value }) => [_id.ref, value]))
      return Array.from({ length: ACCOUNTS }, (_, i) => shown.get(`/account/${i}`) ?? START)
    }
    await until(async () => JSON.stringify(await current()) === JSON.stringify(values), 'the current view')
    await Promise.all([stranger.close(), ...clients.map((avout) => avout.close())])
  })

  it('loses and doubles nothing when the server is killed under load', async () => {
    const realm = newRealm()
    const clients = await Promise.all([1, 2].map(() => open(realm)))
    let going = true
    let committed = 0
    const counting = clients.map(async (avout) => {
      const counter = avout.ref('/counter', 0)
      while (going) {
        await avout.dosync((tx) => tx.alter(counter, (n) => n + 1))
        committed++
      }
    })
    const more = async () => {
      const before = committed
      await until(() => committed > before + 30, 'thirty commits', 60_000)
    }
    for (let round = 0; round < 2; round++) {
      await more()
      await server.kill()
      await server.start()
    }
    await more()
    going = false
    await Promise.all(counting)
    const late = await open(realm)
    expect(await late.ref('/counter', 0).deref()).toBe(committed)
    await Promise.all([late, ...clients].map((avout) => avout.close()))
  }, 180_000)
})
