import type { Backend, BackendContext, Primitives, Session } from '@avout/core/backend'
import { checkName } from './check.js'
import { Connection } from './connection.js'
import { PostgresCounter } from './counter.js'
import { Lifetime } from './lifetime.js'
import { PostgresLock } from './lock.js'
import { PostgresLog } from './log.js'
import { prepareSchema } from './migration.js'
import { Notifier } from './notifier.js'
import { type PostgresOptions, type Settings, settingsOf } from './options.js'
import { Scope } from './scope.js'
import { PostgresState } from './state.js'
import { once, repeatable } from './statement.js'
import { PostgresVersions } from './versioned-state.js'

type All = keyof Primitives

const findRealm = repeatable('realm', (s) => `select id from ${s}.realms where name = $1`)
const addRealm = repeatable('realm-add', (s) => `insert into ${s}.realms (name) values ($1) on conflict do nothing`)
const ping = once('ping', () => 'select 1')

/** What the sessions of one backend share, from the first that is opened to the last that is closed. */
class Shared {
  readonly connection: Connection
  readonly notifier: Notifier
  readonly ready: Promise<void>

  constructor(settings: Settings) {
    this.connection = new Connection(settings)
    this.notifier = new Notifier(this.connection)
    this.ready = this.#prepare()
  }

  async #prepare(): Promise<void> {
    await this.connection.examine()
    await prepareSchema(this.connection)
  }

  async close(): Promise<void> {
    await this.notifier.end()
    await this.connection.close()
  }
}

/**
 * A PostgreSQL database with every primitive, in a schema of its own. Inert until a session is opened; what it opens is closed
 * with the last session, a pool of yours is not. See the README for the options.
 *
 * @throws TypeError for options that cannot be meant. Opening rejects with `UnavailableError` where the server does not answer,
 * and with `IncompatibleError` where the schema is not there and must not be made, or is newer than this package.
 */
export function postgres(options: string | PostgresOptions): Backend<All> {
  const settings = settingsOf(options)
  let shared: Shared | undefined
  let users = 0

  const leave = async (left: Shared) => {
    users--
    if (users > 0) return
    shared = undefined
    await left.close()
  }

  return {
    specificationVersion: 1,
    id: settings.id,
    open: async (context) => {
      checkName('realm', context.realm)
      shared ??= new Shared(settings)
      users++
      const used = shared
      try {
        await used.ready
        const realm = await realmOf(used.connection, context.realm)
        return sessionOn(used, context, realm, () => leave(used))
      } catch (error) {
        // What could not be prepared is not for the next one: it begins anew.
        await leave(used)
        throw error
      }
    },
  }
}

async function realmOf(connection: Connection, name: string): Promise<number> {
  for (;;) {
    const [row] = await connection.run<[number]>(findRealm, [name])
    if (row !== undefined) return row[0]
    await connection.run(addRealm, [name])
  }
}

function sessionOn(used: Shared, context: BackendContext, realm: number, leave: () => Promise<void>): Session<All> {
  const lifetime = new Lifetime()
  const scope = new Scope(used.connection, used.notifier, lifetime, context.clock, realm)
  const named = <T>(make: (name: string) => T) => {
    return (name: string): T => {
      checkName('name', name)
      return make(name)
    }
  }
  lifetime.onEnd(used.connection.watch(context.report))
  let closing: Promise<void> | undefined
  return {
    log: new PostgresLog(scope),
    counter: named((name) => new PostgresCounter(scope, name)),
    lock: named((name) => new PostgresLock(scope, name)),
    versions: new PostgresVersions(scope),
    state: named((name) => new PostgresState(scope, name)),
    ping: async () => {
      scope.check()
      await scope.run(ping, [])
    },
    close: () => {
      closing ??= (async () => {
        lifetime.end()
        await leave()
      })()
      return closing
    },
  }
}
