import { connect } from '@avout/core'
import { type OwnServer, start } from '@avout/servers'
import { expect, it } from 'vitest'
import { zookeeper } from '../src/index.js'
import { newRealm, until } from './backends.js'
import { rawClient } from './raw.js'

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

it('loses and doubles nothing when the leader of three is killed under load, and when it is paused', async () => {
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
  const counting = clients.map(async (avout) => {
    const counter = avout.ref('/counter', 0)
    while (going) {
      const n = await avout.dosync((tx) => tx.alter(counter, (value) => value + 1))
      committed++
      highest = Math.max(highest, n)
      // What is read now includes all that was acknowledged before: a leader that was replaced without knowing would not.
      const acknowledged = highest
      expect(await counter.deref()).toBeGreaterThanOrEqual(acknowledged)
    }
  })
  const more = async (what: string) => {
    const before = committed
    await until(what, () => committed > before + 30, 60_000)
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
  await Promise.all(counting)
  const late = await open()
  expect(await late.ref('/counter', 0).deref()).toBe(committed)
  await Promise.all([late, ...clients].map((avout) => avout.close()))
  const raw = await rawClient(server.url)
  expect((await raw.exists('/avout')).stat).toBeDefined()
  await raw.close()
}, 180_000)
