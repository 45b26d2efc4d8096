import { type Avout, connect } from '@avout/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { accountsOf, balancesAfter, homes, opening, pay } from '../src/accounts.js'
import { openStores, serverNames } from '../src/stores.js'
import { type Died, dies } from './support/dying.js'
import { shown } from './support/own-clients.js'
import { newFolder, newRealm, type Place, placeOfServers } from './support/places.js'
import { valuesStored } from './support/stored.js'

let place: Place
let folder: Awaited<ReturnType<typeof newFolder>>

beforeAll(async () => {
  place = await placeOfServers()
  folder = await newFolder()
}, 120_000)
afterAll(async () => {
  await folder[Symbol.asyncDispose]()
  await place[Symbol.asyncDispose]()
})

/** A client of all five stores, by backends of its own. */
function clientOf(log: (typeof serverNames)[number], realm: string): Promise<Avout> {
  const stores = openStores(place.urls, folder.path)
  return connect({ coordinator: stores[log], backends: Object.values(stores), realm })
}

/** What each store shows of its account, without Avout. */
async function shownBy(client: Avout): Promise<unknown[]> {
  const values = await shown(client, { ...place.urls, files: folder.path })
  return homes.map((home) => values.get(`/account/${home}`))
}

const balances = (client: Avout) => client.read((tx) => tx.getAll([...accountsOf(client)]))

describe.each(serverNames)('redis, postgres, mongo, zookeeper and a folder of files, with the log in %s', (log) => {
  test('one transaction changes all five; its stores show it to their own clients, and a failed one nowhere', async () => {
    const realm = newRealm()
    await using client = await clientOf(log, realm)
    await using other = await clientOf(log, realm)
    await Promise.all([pay(client), pay(other), pay(client)])
    const failure = new Error('a body that fails, for a test')
    const failing = client.dosync(async (tx) => {
      for (const account of accountsOf(client)) tx.set(account, 0)
      throw failure
    })
    await expect(failing).rejects.toBe(failure)
    expect(await balances(other)).toEqual(balancesAfter(3))
    await Promise.all([client.flush(), other.flush()])
    expect(await shownBy(client)).toEqual(balancesAfter(3))
  })

  test('whoever reads meanwhile sees all of it or nothing', async () => {
    const realm = newRealm()
    await using writer = await clientOf(log, realm)
    await using second = await clientOf(log, realm)
    await using reader = await clientOf(log, realm)
    let open = true
    const seen: (readonly number[])[] = []
    const reading = (async () => {
      while (open) seen.push(await balances(reader))
    })()
    const ten = async (client: Avout) => {
      for (let i = 0; i < 10; i++) await pay(client)
    }
    await Promise.all([ten(writer), ten(second)]).finally(() => {
      open = false
    })
    await reading
    for (const snapshot of seen) {
      const payments = opening - (snapshot[0] as number)
      expect(snapshot).toEqual(balancesAfter(payments))
    }
    expect(seen.length).toBeGreaterThan(1)
    expect(await balances(reader)).toEqual(balancesAfter(20))
  })
})

describe.each(serverNames)('a process that ends within a commit over five stores, with the log in %s', (log) => {
  const others = homes.filter((home) => home !== log)

  test.each<Died>([
    { when: 'before its append, its values in every store', fate: { appended: false, stored: [...homes] } },
    { when: 'after its append, its values in no store', fate: { appended: true, stored: [] } },
    { when: 'after its append, its values in one store', fate: { appended: true, stored: others.slice(0, 1) } },
    { when: 'after its append, its values in all but one', fate: { appended: true, stored: others } },
  ])('$when: all or nothing', async ({ fate }) => {
    const realm = newRealm()
    await dies({ urls: place.urls, folder: folder.path, realm, log, fate })
    await using heir = await clientOf(log, realm)
    const payments = fate.appended ? 2 : 1
    expect(await balances(heir)).toEqual(balancesAfter(payments))
    // Where the commit was torn: what is current lies only where it came to.
    const before = await valuesStored(heir, openStores(place.urls, folder.path))
    const torn = fate.appended ? homes.filter((home) => fate.stored.includes(home)) : homes
    expect(before).toEqual(torn.map((home) => `/account/${home}`).sort())
    await heir.flush()
    expect(await valuesStored(heir, openStores(place.urls, folder.path))).toHaveLength(homes.length)
    expect(await shownBy(heir)).toEqual(balancesAfter(payments))
    // Life goes on.
    await pay(heir)
    await heir.flush()
    expect(await shownBy(heir)).toEqual(balancesAfter(payments + 1))
  })
})
