import { connect } from '@avout/core'
import { pay } from './accounts.js'
import { type Fate, Mortal } from './mortal.js'
import { openStores, type Urls } from './stores.js'

/** What this process is told, as JSON in its first argument. */
export interface Told {
  readonly urls: Urls
  readonly folder: string
  readonly realm: string
  /** The store that has the log. */
  readonly log: 'redis' | 'postgres' | 'mongo' | 'zookeeper'
  readonly fate: Fate
}

/** Says that the process ended where it was meant to, and not by a mistake. */
export const DIED = 7

/** A client that pays twice: the first time well, and in the second time this process ends. */
async function live({ urls, folder, realm, log, fate }: Told): Promise<never> {
  const mortal = new Mortal(fate, () => process.exit(DIED))
  const { redis, postgres, mongo, zookeeper, files } = openStores(urls, folder)
  const stores = { redis, postgres, mongo, zookeeper }
  const around = Object.values(stores).map((backend) => mortal.around(backend))
  const coordinator = around.find(({ id }) => id === log)
  if (coordinator === undefined) throw new TypeError(`no store is called ${log}`)
  const client = await connect({ coordinator, backends: [...around, mortal.around(files)], realm, timeout: 20_000 })
  await pay(client)
  await client.flush()
  mortal.arm()
  await pay(client)
  throw new Error('the second payment was made whole')
}

await live(JSON.parse(process.argv[2] as string))
