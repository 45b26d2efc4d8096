import type { Backend, BackendContext, Primitives, Session } from '@avout/core/backend'
import { checkName } from './check.js'
import { Connection } from './connection.js'
import { MongoCounter } from './counter.js'
import { feedFor } from './feed.js'
import { Lifetime } from './lifetime.js'
import { MongoLock } from './lock.js'
import { MongoLog } from './log.js'
import { type MongoOptions, type Settings, settingsOf } from './options.js'
import { MongoState } from './state.js'
import { Store } from './store.js'
import { MongoVersions } from './versioned-state.js'

/** A connection, and how many sessions use it. */
interface Lent {
  readonly connection: Connection
  readonly ready: Promise<void>
  users: number
}

/**
 * A MongoDB database with every primitive, on a standalone server or a replica set. Takes a connection string, options, or the
 * user's own client, which stays open. Nothing is connected until a session is opened; sessions share the connection, and the
 * last one closes it.
 */
export function mongo(options: string | MongoOptions): Backend<keyof Primitives> {
  const settings = settingsOf(options)
  let lent: Lent | undefined

  const borrow = async (): Promise<Lent> => {
    lent ??= lend(settings)
    const borrowed = lent
    borrowed.users++
    try {
      await borrowed.ready
      return borrowed
    } catch (error) {
      await giveBack(borrowed)
      throw error
    }
  }

  const giveBack = async (borrowed: Lent): Promise<void> => {
    if (--borrowed.users > 0) return
    if (lent === borrowed) lent = undefined
    await borrowed.connection.close()
  }

  return {
    specificationVersion: 1,
    id: settings.id,
    open: async (context) => {
      checkName('realm', context.realm)
      context.report('connecting')
      const borrowed = await borrow().catch((error: unknown) => {
        context.report('down', error)
        throw error
      })
      return openSession(context, borrowed.connection, () => giveBack(borrowed))
    },
  }
}

function lend(settings: Settings): Lent {
  const connection = new Connection(settings)
  return { connection, ready: connection.open(), users: 0 }
}

function openSession(
  { realm, clock, report }: BackendContext,
  connection: Connection,
  release: () => Promise<void>,
): Session<keyof Primitives> {
  const lifetime = new Lifetime()
  const store = new Store(realm, clock, connection, lifetime)
  const feed = feedFor(store)
  const versions = new MongoVersions(store)
  lifetime.onEnd(connection.watch(report))
  const named = <T>(make: (name: string) => T) => {
    return (name: string): T => {
      checkName('name', name)
      return make(name)
    }
  }
  return {
    log: new MongoLog(store, feed, versions),
    counter: named((name) => new MongoCounter(store, name)),
    lock: named((name) => new MongoLock(store, feed, name)),
    versions,
    state: named((name) => new MongoState(store, feed, name)),
    ping: async () => {
      await store.ping()
    },
    close: async () => {
      if (lifetime.ended) return
      await lifetime.end()
      await release()
    },
  }
}
