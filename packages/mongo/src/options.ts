import type { MongoClient } from 'mongodb'
import { checkName } from './check.js'

/** What both forms of options have. */
interface Common {
  /** Its name in the log, for who has several databases. `'mongo'` if absent. */
  readonly id?: string | undefined
  /** The database that everything is kept in. `'avout'` if absent, whatever the URL's path is. */
  readonly database?: string | undefined
  /** Milliseconds that one call may take before it rejects with `UnavailableError`. 5,000 if absent. */
  readonly timeout?: number | undefined
  /** How often is looked for news where there are no change streams, in milliseconds. 25 if absent. */
  readonly pollInterval?: number | undefined
  /** How long a writer may be late before its place in the log is filled, in milliseconds. 50 if absent. Decides nothing. */
  readonly holeWait?: number | undefined
}

/** A database by its connection string. */
export interface MongoUrlOptions extends Common {
  readonly url: string
  readonly client?: undefined
}

/** A database of the user's own client, which is never closed here. */
export interface MongoClientOptions extends Common {
  readonly client: MongoClient
  readonly url?: undefined
}

export type MongoOptions = MongoUrlOptions | MongoClientOptions

/** With every default. */
export interface Settings {
  readonly id: string
  readonly database: string
  readonly timeout: number
  readonly pollInterval: number
  readonly holeWait: number
  readonly url: string | undefined
  readonly client: MongoClient | undefined
}

export function settingsOf(given: string | MongoOptions): Settings {
  const options: MongoOptions = typeof given === 'string' ? { url: given } : given
  if (typeof options !== 'object' || options === null) throw new TypeError('mongo takes a connection string or options')
  const { id = 'mongo', database = 'avout', timeout = 5000, pollInterval = 25, holeWait = 50, url, client } = options
  checkName('id', id)
  checkName('database', database)
  for (const [name, value] of Object.entries({ timeout, pollInterval, holeWait })) {
    if (!(value > 0) || !Number.isFinite(value))
      throw new TypeError(`${name} must be milliseconds, not ${String(value)}`)
  }
  if ((url === undefined) === (client === undefined)) throw new TypeError('mongo takes either a url or a client')
  if (url !== undefined) checkName('url', url)
  return { id, database, timeout, pollInterval, holeWait, url, client }
}
