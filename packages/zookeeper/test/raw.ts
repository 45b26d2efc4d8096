import type { Data } from '@avout/core/backend'
import { Connection } from '../src/connection.js'
import * as codes from '../src/drivers/codes.js'
import { loadDriver } from '../src/drivers/load.js'

/** A client of the store that knows nothing of Avout. */
export async function rawClient(servers: string): Promise<Connection> {
  const driver = await loadDriver('node-zookeeper-client')
  return new Connection(driver, { id: 'raw', servers, auth: undefined, timeout: 20_000, sessionTimeout: 10_000 })
}

export const pathOf = (realm: string, ...rest: string[]): string =>
  `/avout/${[realm, ...rest].map(asSegment).join('/')}`

/** As in a URL; and no name is taken for the node itself, or the one above it. */
const asSegment = (name: string): string => {
  const segment = encodeURIComponent(name)
  return /^\.+$/.test(segment) ? segment.replaceAll('.', '%2E') : segment
}

/** What the node of a ref shows. */
export async function currentOf(raw: Connection, realm: string, ref: string): Promise<Data | undefined> {
  await raw.touch(pathOf(realm, 'fence'))
  const { code, data } = await raw.get(pathOf(realm, 'refs', ref))
  if (code !== codes.OK || data === undefined || data.length === 0) return undefined
  return (JSON.parse(Buffer.from(data).toString()) as { value?: Data }).value
}
