import type { Backend, BackendContext, Primitives, Session } from '@avout/core/backend'
import { checkName } from './check.js'
import type { ConnectionState } from './connection.js'
import { RedisCounter } from './counter.js'
import { Keys } from './keys.js'
import { Lifetime } from './lifetime.js'
import { Link } from './link.js'
import { RedisLock } from './lock.js'
import { RedisLog } from './log.js'
import { Messages } from './messages.js'
import { type RedisStoreOptions, type Settings, settingsOf } from './options.js'
import type { Realm } from './realm.js'
import { RedisState } from './state.js'
import { RedisVersions } from './versioned-state.js'
import { Wakes } from './wakes.js'

/** The connections of one realm, shared by the sessions of one backend: made for the first, closed with the last. */
class Shared {
  readonly keys: Keys
  readonly link: Link
  readonly messages: Messages
  readonly wakes: Wakes
  readonly reports = new Set<BackendContext['report']>()
  readonly opened: Promise<void>
  users = 0

  constructor(settings: Settings, realm: string) {
    this.keys = new Keys(settings.prefix, realm)
    this.link = new Link(settings, this.keys.head, (state, error) => this.#report(state, error))
    this.messages = new Messages(this.link)
    this.wakes = new Wakes(this.link, this.keys.log)
    this.opened = this.link.open()
  }

  close(): void {
    this.wakes.close()
    this.messages.close()
    this.link.close()
  }

  #report(state: ConnectionState, error: unknown): void {
    for (const report of this.reports) report(state, error)
  }
}

/**
 * A Redis server, or a Cluster, as a store with every primitive. It connects when it is first opened, and closes what it
 * opened with the last session; a client of yours is asked how to connect, and neither used nor closed. Opening rejects with
 * `UnavailableError` in bounded time where nobody answers, or where the server would evict what it is given.
 */
export function redis(connection: string | RedisStoreOptions): Backend<keyof Primitives> {
  const settings = settingsOf(connection)
  const realms = new Map<string, Shared>()
  return {
    specificationVersion: 1,
    id: settings.id,
    open: async (context) => {
      checkName('realm', context.realm)
      let shared = realms.get(context.realm)
      if (shared === undefined) {
        shared = new Shared(settings, context.realm)
        realms.set(context.realm, shared)
      }
      shared.users++
      const leave = () => {
        if (--shared.users > 0) return
        if (realms.get(context.realm) === shared) realms.delete(context.realm)
        shared.close()
      }
      try {
        await shared.opened
      } catch (error) {
        if (realms.get(context.realm) === shared) realms.delete(context.realm)
        leave()
        throw error
      }
      return sessionOf(shared, context, leave)
    },
  }
}

function sessionOf(shared: Shared, { clock, report }: BackendContext, leave: () => void): Session<keyof Primitives> {
  const { keys, link, messages, wakes } = shared
  const lifetime = new Lifetime()
  const realm: Realm = { keys, link, messages, wakes, lifetime, clock }
  shared.reports.add(report)
  return {
    log: new RedisLog(realm),
    counter: (name) => {
      checkName('name', name)
      return new RedisCounter(realm, name)
    },
    lock: (name) => {
      checkName('name', name)
      return new RedisLock(realm, name)
    },
    versions: new RedisVersions(realm),
    state: (name) => {
      checkName('name', name)
      return new RedisState(realm, name)
    },
    ping: async () => {
      lifetime.check()
      await link.call((driver) => driver.ping())
    },
    close: async () => {
      if (lifetime.ended) return
      await lifetime.end()
      shared.reports.delete(report)
      leave()
    },
  }
}
