import { connect, UnavailableError } from '@avout/core'
import { type OwnServer, start } from '@avout/servers'
import { expect, it } from 'vitest'
import { zookeeper } from '../src/index.js'
import { newRealm, until } from './backends.js'
import { rawClient } from './raw.js'

const LIMIT = 180_000

/** Reads, again where nobody leads: a read that has to be of now says so after a while. */
async function readOf(counter: { deref(): Promise<number> }): Promise<number> {
  for (;;) {
    try {
      return await counter.deref()
    } catch (error) {
      if (!UnavailableError.isInstance(error)) throw error
    }
  }
}

/** The one of three that leads: the others refuse to be it. */
async function leaderOf(server: OwnServer): Promise<OwnServer> {
  const { connect: dial } = await import('node:net')
  const modeOf = (url: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const [host, port] = url.split(':')
      const socket = dial(Number(port), host, () => socket.end('srvr'))
      let said = ''
      socket.on('data', (chunk) => {
        said += chunk
      })
      socket.on('end', () => resolve(/Mode: (\w+)/.exec(said)?.[1] ?? ''))
      socket.on('error', reject)
    })
  for (const node of server.nodes) if ((await modeOf(node.url)) === 'leader') return node
  throw new Error('nobody leads')
}

it(
  'loses and doubles nothing when the leader of three is killed under load, and when it is paused',
  async () => {
    await using server = await start('zookeeper-three')
    const realm = newRealm()
    const open = () =>
      connect({
        coordinator: zookeeper({ connection: server.url, driver: 'node-zookeeper-client', sessionTimeout: 4_000 }),
        realm,
      })
    const clients = await Promise.all([open(), open()])
    let going = true
    let committed = 0
    let highest = 0
    const counting = Promise.all(
      clients.map(async (avout) => {
        const counter = avout.ref('/counter', 0)
        while (going) {
          // An outage counts as time that it takes: not to be lost is what matters here.
          const n = await avout.dosync((tx) => tx.alter(counter, (value) => value + 1), { timeout: LIMIT })
          committed++
          highest = Math.max(highest, n)
          const acknowledged = highest
          // What is read now includes all that was acknowledged: a leader that was replaced without knowing would not.
          expect(await readOf(counter)).toBeGreaterThanOrEqual(acknowledged)
        }
      }),
    )
    const more = async (what: string) => {
      const before = committed
      await Promise.race([counting, until(what, () => committed > before + 30, 60_000)])
    }
    await more('commits')
    const killed = await leaderOf(server)
    await killed.kill()
    await more('commits under another leader')
    await killed.start()
    const paused = await leaderOf(server)
    await paused.pause()
    await more('commits while a leader sleeps')
    await paused.resume()
    await more('commits when it is awake')
    going = false
    await counting
    const late = await open()
    expect(await late.ref('/counter', 0).deref()).toBe(committed)
    await Promise.all([late, ...clients].map((avout) => avout.close()))
    const raw = await rawClient(server.url)
    expect((await raw.exists('/avout')).stat).toBeDefined()
    await raw.close()
  },
  LIMIT,
)
