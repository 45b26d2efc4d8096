import { type OwnServer, start } from '@avout/servers'
import { Cluster, Redis } from 'ioredis'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Keys } from '../src/keys.js'
import { clock, newRealm, open, record, rejection, textOf, until } from './open.js'

let server: OwnServer
let masters: { readonly id: string; readonly client: Redis; readonly node: OwnServer }[]

beforeAll(async () => {
  server = await start('redis-cluster')
  masters = await Promise.all(
    server.nodes.map(async (node) => {
      const client = new Redis(node.url)
      client.on('error', () => undefined) // some of them are killed
      return { id: (await client.cluster('MYID')) as unknown as string, client, node }
    }),
  )
})

afterAll(async () => {
  for (const { client } of masters) client.disconnect()
  await server.close()
})

/** The nodes: who has the slot of a realm first. */
async function ownersOf(realm: string) {
  const { head } = new Keys('avout:', realm)
  const slot = Number(await masters[0]?.client.cluster('KEYSLOT', head))
  const slots = (await masters[0]?.client.cluster('SLOTS')) as unknown as [number, number, [string, number, string]][]
  const id = slots.find(([from, to]) => from <= slot && slot <= to)?.[2][2]
  const [owner, ...others] = [...masters].sort((a, b) => Number(b.id === id) - Number(a.id === id))
  if (owner === undefined || others[0] === undefined || others[1] === undefined) throw new Error('no three masters')
  return { slot, owner, heir: others[0], witness: others[1] }
}

it('keeps all of a realm in one slot, whatever its name', async () => {
  for (const realm of ['a', '{', '}', '{}', '}{', 'a}b', '{a}', 'a b', '\u00e9', '%7B']) {
    const keys = new Keys('avout:', realm)
    const all = [keys.head, keys.log, keys.counters, keys.tokens, keys.positions, keys.versions('{b}'), keys.now('}')]
    all.push(keys.lock('l'), keys.state('{}'))
    const slots = await Promise.all(all.map((key) => masters[0]?.client.cluster('KEYSLOT', key)))
    expect(new Set(slots).size, realm).toBe(1)
  }
  const names = ['{', '%7B', '}', '%7D', '%', '%25', 'a', 'a}b', 'a%7Db'].map((realm) => new Keys('', realm).log)
  expect(new Set(names).size).toBe(names.length)
})

it('reaches realms on every master, whichever node it is told of', async () => {
  const found = new Set<string>()
  for (let i = 0; found.size < 3; i++) {
    const realm = `${newRealm()}-${i}`
    const { owner } = await ownersOf(realm)
    found.add(owner.id)
    const { session } = await open({ url: masters.map(({ node }) => node.url) }, realm)
    expect((await session.log.append(record(realm), 0)).position).toBe(1)
    expect(await owner.client.xlen(new Keys('avout:', realm).log)).toBe(1)
    await session.close()
  }
})

it('asks the next node where the first is not there', async () => {
  const { session } = await open({ url: ['redis://127.0.0.1:1', server.url], timeout: 500 })
  await session.ping()
  await session.close()
})

it('follows a slot that moves to another master', async () => {
  const realm = newRealm()
  const { session } = await open(server.url, realm)
  await session.log.append(record('before'), 0)
  await session.versions.container('r').setStateAt(1, '1')
  let woken = 0
  let changed = 0
  await session.log.subscribe(() => woken++)
  await session.state('s').watchState?.(() => changed++)
  const { slot, owner, heir, witness } = await ownersOf(realm)
  await heir.client.cluster('SETSLOT', slot, 'IMPORTING', owner.id)
  await owner.client.cluster('SETSLOT', slot, 'MIGRATING', heir.id)
  const { hostname, port } = new URL(heir.node.url)
  const { log } = new Keys('avout:', realm)
  const move = (key: string) => owner.client.migrate(hostname, Number(port), key, 0, 5000)
  await move(log)
  // While keys are on both sides, a script that needs them all is told to try again.
  const appending = session.log.append(record('meanwhile'), 1)
  const refused = async () => /errorstat_(TRYAGAIN|ASK)/.test(await owner.client.info('errorstats'))
  await until(refused, 'that the append was refused')
  for (const key of await owner.client.cluster('GETKEYSINSLOT', slot, 100)) await move(String(key))
  for (const { client } of [heir, owner, witness]) await client.cluster('SETSLOT', slot, 'NODE', heir.id)
  const { position, missed } = await appending
  expect([position, missed.map(textOf)]).toEqual([2, []])
  expect(await session.versions.container('r').getStateAt('1')).toBe(1)
  const after = await session.log.append(record('after'), 0)
  expect(after.missed.map(textOf)).toEqual(['before', 'meanwhile'])
  expect(await heir.client.xlen(new Keys('avout:', realm).log)).toBe(3)
  const [wakes, changes] = [woken, changed]
  await until(async () => {
    await session.log.append(record('more'), 0)
    await session.state('s').setState(1)
    await clock.sleep(50)
    return woken > wakes && changed > changes
  }, 'pushes from the new master')
  await session.close()
})

it('takes your Cluster client, does not use it up and does not close it', async () => {
  const client = new Cluster([{ host: '127.0.0.1', port: Number(new URL(server.url).port) }], { lazyConnect: true })
  const { session, realm } = await open({ client })
  await session.log.append(record('a'), 0)
  expect(await client.xlen(new Keys('avout:', realm).log)).toBe(1)
  await session.close()
  expect(client.status).toBe('ready')
  expect(await client.xlen(new Keys('avout:', realm).log)).toBe(1)
  client.disconnect()
})

it('finds who follows a master that is gone', async () => {
  const realm = newRealm()
  for (const { client } of masters) await client.config('SET', 'cluster-require-full-coverage', 'no')
  const { slot, owner, heir, witness } = await ownersOf(realm)
  const { session, states } = await open({ url: witness.node.url, timeout: 1000 }, realm)
  await session.log.append(record('lost'), 0)
  await owner.node.kill()
  expect(await rejection(session.log.tail())).toMatchObject({ kind: 'unavailable' })
  for (const { client } of [heir, witness]) await client.cluster('SETSLOT', slot, 'NODE', heir.id)
  await until(() => states.at(-1) === 'up', 'that it is up again')
  // The new master knows nothing of the entry: it is not taken for a fresh log.
  expect(await rejection(session.log.append(record('b'), 1))).toMatchObject({ kind: 'diverged' })
  await session.close()
})
