import { once } from 'node:events'
import type { Cluster, Redis, RedisOptions } from 'ioredis'
import { checkName } from './check.js'

/** Where Redis is: an address, or several of one Cluster, tried in turn; or your own client, which is asked how to connect. */
type Where =
  | { readonly url: string | readonly string[]; readonly client?: undefined }
  | { readonly client: Redis | Cluster; readonly url?: undefined }

export type RedisStoreOptions = Where & {
  /** Its name in the log. `'redis'` if absent. */
  readonly id?: string | undefined
  /** What every key begins with. `'avout:'` if absent, behind the `keyPrefix` of a client. No braces. */
  readonly prefix?: string | undefined
  /** Milliseconds that a call waits for a connection, and then for an answer. 5,000 if absent. */
  readonly timeout?: number | undefined
  /** An append is acknowledged when so many replicas have it, or fails as unknown after `timeout` ms. */
  readonly wait?: { readonly replicas: number; readonly timeout: number } | undefined
  /** The same for disks: the master's own (`local` 1) and those of `replicas`. Redis 7.2 or newer. */
  readonly waitAof?: { readonly local: 0 | 1; readonly replicas: number; readonly timeout: number } | undefined
  /** More for the driver: TLS, Sentinel, a user's name. What safety rests on is not taken from here. */
  readonly driver?: RedisOptions | undefined
}

/** The options, checked and complete. */
export interface Settings {
  readonly id: string
  readonly prefix: string
  readonly timeout: number
  readonly wait: RedisStoreOptions['wait']
  readonly waitAof: RedisStoreOptions['waitAof']
  /** Where it may be, in turn. Empty: where the driver's options say. */
  readonly addresses: () => Promise<readonly Address[]>
  /** How to connect to any of them. */
  readonly driver: RedisOptions
  /** What the address of a node of the Cluster is for us. */
  readonly translate: (address: Address) => Address
}

export interface Address {
  readonly host: string
  readonly port: number
}

export function settingsOf(connection: string | RedisStoreOptions): Settings {
  const options: RedisStoreOptions = typeof connection === 'string' ? { url: connection } : connection
  if (typeof options !== 'object' || options === null) {
    throw new TypeError("redis() takes an address, as in redis('redis://127.0.0.1:6379'), or { url } or { client }")
  }
  const { id = 'redis', timeout = 5000, wait, waitAof } = options
  checkName('id', id)
  if (!(timeout > 0) || !Number.isFinite(timeout)) throw new TypeError(`timeout must be milliseconds, not ${timeout}`)
  const { addresses, driver, translate } = whereOf(options)
  const prefix = `${driver.keyPrefix ?? ''}${options.prefix ?? 'avout:'}`
  if (/[{}]/.test(prefix)) throw new TypeError(`the prefix "${prefix}" has a brace: that would be another hash tag`)
  checkWait('wait', wait, timeout)
  checkWait('waitAof', waitAof, timeout)
  return { id, prefix, timeout, wait, waitAof, addresses, driver, translate }
}

function whereOf(options: RedisStoreOptions): Pick<Settings, 'addresses' | 'driver' | 'translate'> {
  const { client, url } = options
  if (client !== undefined) {
    if (isCluster(client)) return whereOfCluster(client, options.driver)
    if (typeof client?.duplicate !== 'function') {
      throw new TypeError('client must be a Redis or a Cluster of ioredis')
    }
    return { addresses: async () => [], driver: { ...client.options, ...options.driver }, translate: same }
  }
  const urls = typeof url === 'string' ? [url] : Array.isArray(url) ? (url as readonly string[]) : []
  if (urls.length === 0) throw new TypeError('redis() needs a url, as in redis://127.0.0.1:6379, or a client')
  const parsed = urls.map(parse)
  const { host: _host, port: _port, ...driver } = parsed[0] as Parsed
  const addresses = parsed.map(({ host, port }) => ({ host, port }))
  return {
    addresses: async () => addresses,
    driver: { ...driver, ...options.driver },
    translate: same,
  }
}

const same = (address: Address): Address => address

function isCluster(client: Redis | Cluster): client is Cluster {
  return client?.isCluster === true
}

function whereOfCluster(client: Cluster, more: RedisOptions | undefined): ReturnType<typeof whereOf> {
  const { natMap, redisOptions, keyPrefix } = client.options
  return {
    addresses: () => nodesOf(client),
    driver: { ...redisOptions, keyPrefix: keyPrefix ?? '', ...more },
    translate: (address) => {
      const name = `${address.host}:${address.port}`
      return (typeof natMap === 'function' ? natMap(name) : natMap?.[name]) ?? address
    },
  }
}

/** A client that is not connected yet knows no nodes: it connects now, as its first command would make it do. */
async function nodesOf(client: Cluster): Promise<readonly Address[]> {
  if (client.status === 'wait') await client.connect()
  if (client.nodes().length === 0) await once(client, '+node')
  return client.nodes().map(({ options: { host = '127.0.0.1', port = 6379 } }) => ({ host, port }))
}

interface Parsed extends RedisOptions {
  readonly host: string
  readonly port: number
}

function parse(url: string): Parsed {
  const { protocol, hostname, port, username, password, pathname } = urlOf(url)
  const db = pathname.slice(1)
  if (!/^\d*$/.test(db)) throw new TypeError(`the path of a Redis address is the number of a database, not "${db}"`)
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? 6379 : Number(port),
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    ...(db === '' ? {} : { db: Number(db) }),
    ...(protocol === 'rediss:' ? { tls: {} } : {}),
  }
}

/** The text is not shown: it may hold a password. */
function urlOf(url: unknown): URL {
  const text = typeof url === 'string' && !url.includes('://') ? `redis://${url}` : url
  if (typeof text === 'string' && URL.canParse(text)) {
    const parsed = new URL(text)
    const { protocol, hostname } = parsed
    if ((protocol === 'redis:' || protocol === 'rediss:') && hostname !== '') return parsed
  }
  throw new TypeError('a Redis address is of the form redis://user:password@host:6379/0, rediss:// for TLS')
}

function checkWait(name: string, wait: RedisStoreOptions['wait'], timeout: number): void {
  if (wait === undefined) return
  if (!Number.isSafeInteger(wait.replicas) || wait.replicas < 0) throw new TypeError(`${name}.replicas must be a count`)
  // The driver gives up on the connection after `timeout`; a wait for ever would hold up every append behind it.
  if (!(wait.timeout > 0) || wait.timeout >= timeout) {
    throw new TypeError(`${name}.timeout must be milliseconds, fewer than timeout (${timeout})`)
  }
}
