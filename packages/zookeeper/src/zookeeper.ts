import type { Backend, BackendContext, Primitives, Session } from '@avout/core/backend'
import { checkCount, checkName } from './check.js'
import { Connection } from './connection.js'
import { ZooKeeperCounter } from './counter.js'
import type { Auth, DriverName } from './drivers/driver.js'
import { loadDriver } from './drivers/load.js'
import { Lifetime } from './lifetime.js'
import { ZooKeeperLock } from './lock.js'
import { ZooKeeperLog } from './log.js'
import { checkRoot, splitConnection } from './names.js'
import { Realm } from './realm.js'
import { ZooKeeperState } from './state.js'
import { ZooKeeperVersions } from './versioned-state.js'

export interface ZooKeeperOptions {
  /** Servers, and a path behind them under which everything is: `a:2181,b:2181,c:2181/team`. */
  readonly connection: string
  /** Its name in the log. `'zookeeper'` if absent. */
  readonly id?: string | undefined
  /** `'zookeeper'` (compiled) if absent, or `'node-zookeeper-client'` (nothing to compile; record and values in one request). */
  readonly driver?: DriverName | undefined
  /** Whose nodes they are: others cannot read or change what is made. */
  readonly auth?: Auth | undefined
  /** The node under which realms are. `'/avout'` if absent. */
  readonly root?: string | undefined
  /** Milliseconds that a call may take. 5,000 if absent. */
  readonly timeout?: number | undefined
  /** Milliseconds after which the server forgets a client that is silent. 10,000 if absent. */
  readonly sessionTimeout?: number | undefined
  /** Milliseconds that values may be stored later than their commit, with the driver that has one request for each. 200 if absent. */
  readonly behind?: number | undefined
}

/** Entries of a segment of the log. Every client of a realm has to have the same. */
const SEGMENT = 50_000

/** How many segments' worth is for tests alone. */
export interface InternalOptions extends ZooKeeperOptions {
  readonly segmentSize?: number
}

/**
 * A backend on ZooKeeper, with every primitive. Nothing is connected before it is opened; the sessions of one object share a
 * connection, which closes with the last of them.
 */
export function zookeeper(options: string | ZooKeeperOptions): Backend<keyof Primitives> {
  return zookeeperWith(typeof options === 'string' ? { connection: options } : options)
}

export function zookeeperWith(options: InternalOptions): Backend<keyof Primitives> {
  const { id = 'zookeeper', driver = 'zookeeper', auth, root = '/avout', segmentSize = SEGMENT } = options
  const { timeout = 5000, sessionTimeout = 10_000, behind = 200 } = options
  checkName('id', id)
  checkName('connection', options.connection)
  if (driver !== 'zookeeper' && driver !== 'node-zookeeper-client') {
    throw new TypeError(`driver must be 'zookeeper' or 'node-zookeeper-client', not ${JSON.stringify(driver)}`)
  }
  checkAuth(auth)
  checkRoot('root', root)
  checkCount('timeout', timeout, 1)
  checkCount('sessionTimeout', sessionTimeout, 1)
  checkCount('behind', behind, 0)
  checkCount('segmentSize', segmentSize, 1)
  const { servers, root: above } = splitConnection(options.connection)
  checkRoot('root', `${above}${root}`)
  const shared = new SharedConnection(async () => {
    return new Connection(await loadDriver(driver), { id, servers, auth, timeout, sessionTimeout })
  })
  return {
    specificationVersion: 1,
    id,
    open: async (context) => {
      checkName('realm', context.realm)
      const connection = await shared.take()
      return sessionOf(
        connection,
        new Realm(connection, `${above}${root}`, context.realm),
        context,
        { behind, segmentSize },
        () => shared.give(),
      )
    },
  }
}

function sessionOf(
  connection: Connection,
  realm: Realm,
  { clock, report }: BackendContext,
  { behind, segmentSize }: { behind: number; segmentSize: number },
  give: () => Promise<void>,
): Session<keyof Primitives> {
  const lifetime = new Lifetime()
  const versions = new ZooKeeperVersions(realm, lifetime, behind)
  const counters = new Map<string, ZooKeeperCounter>()
  const locks = new Map<string, ZooKeeperLock>()
  const states = new Map<string, ZooKeeperState>()
  const deaf = connection.onState(report)
  let closed: Promise<void> | undefined
  const close = async () => {
    lifetime.end()
    deaf()
    await Promise.all(Array.from(locks.values(), (lock) => lock.close()))
    await give()
  }
  return {
    log: new ZooKeeperLog(realm, versions, lifetime, segmentSize),
    versions,
    counter: (name) => ofName(counters, name, () => new ZooKeeperCounter(realm, name, lifetime)),
    lock: (name) => ofName(locks, name, () => new ZooKeeperLock(realm, name, lifetime, clock)),
    state: (name) => ofName(states, name, () => new ZooKeeperState(realm, name, lifetime)),
    ping: async () => {
      lifetime.check()
      await connection.exists('/')
    },
    close: () => {
      closed ??= close()
      return closed
    },
  }
}

function ofName<T>(map: Map<string, T>, name: string, make: () => T): T {
  let found = map.get(name)
  if (found === undefined) {
    found = make()
    map.set(name, found)
  }
  return found
}

function checkAuth(auth: Auth | undefined): void {
  if (auth === undefined) return
  if (auth.scheme !== 'digest' || typeof auth.credentials !== 'string' || !auth.credentials.includes(':')) {
    throw new TypeError("auth must be { scheme: 'digest', credentials: 'user:password' }")
  }
}

/** Made with the first session that needs it, closed with the last. */
class SharedConnection {
  readonly #make: () => Promise<Connection>
  #made: Promise<Connection> | undefined
  #users = 0

  constructor(make: () => Promise<Connection>) {
    this.#make = make
  }

  async take(): Promise<Connection> {
    this.#users++
    this.#made ??= this.#make()
    try {
      return await this.#made
    } catch (error) {
      this.#users--
      this.#made = undefined
      throw error
    }
  }

  async give(): Promise<void> {
    if (--this.#users > 0) return
    const made = this.#made
    this.#made = undefined
    await (await made)?.close()
  }
}
