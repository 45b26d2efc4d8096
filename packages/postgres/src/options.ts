import type { ConnectionOptions } from 'node:tls'
import { checkName } from './check.js'

/** A connection of a pool: what is used of pg's `PoolClient`. */
export interface PooledClient {
  query(query: object): Promise<{ rows: unknown[]; rowCount: number | null }>
  release(error?: boolean): void
  on(event: 'error', listener: (error: Error) => void): unknown
  readonly processID?: number | null
}

/** What is used of pg's `Pool`. */
export interface PostgresPool {
  connect(): Promise<PooledClient>
  end(): Promise<void>
  on(event: 'error', listener: (error: Error) => void): unknown
  on(event: 'connect', listener: (client: PooledClient) => void): unknown
  off(event: 'error', listener: (error: Error) => void): unknown
  off(event: 'connect', listener: (client: PooledClient) => void): unknown
  readonly options: object
}

interface Common {
  /** Its name in the log: stable, and another for each database of a client. `'postgres'` if absent. */
  readonly id?: string | undefined
  /** The schema that holds everything, 40 bytes at most. `'avout'` if absent. */
  readonly schema?: string | undefined
  /** False where the schema is made by hand (see `migration`): then it is only looked at. True if absent. */
  readonly migrate?: boolean | undefined
  /** How long one call may take, in ms, getting a connection included. 5,000 if absent. */
  readonly timeout?: number | undefined
  /**
   * Whether a pooler that shares connections between transactions stands before the server (pgbouncer in transaction mode).
   * Found out if absent.
   */
  readonly pooler?: boolean | undefined
  /** How often is looked for news where the server cannot push them, in ms. 100 if absent. */
  readonly poll?: number | undefined
}

/** Where the server is: as pg takes it. What is absent comes from the environment, as `PGHOST`. */
export interface PostgresConnection extends Common {
  readonly connectionString?: string | undefined
  readonly host?: string | undefined
  readonly port?: number | undefined
  readonly database?: string | undefined
  readonly user?: string | undefined
  readonly password?: string | (() => string | Promise<string>) | undefined
  readonly ssl?: boolean | ConnectionOptions | undefined
  /** The most connections that are opened, besides one that listens. 10 if absent. */
  readonly max?: number | undefined
  /** How long a connection that nobody uses stays open, in ms. 10,000 if absent. */
  readonly idleTimeoutMillis?: number | undefined
  readonly pool?: undefined
}

/** Your own pool: it stays open. One connection more, to listen, is made with its options. */
export interface PostgresPooled extends Common {
  readonly pool: PostgresPool
}

export type PostgresOptions = PostgresConnection | PostgresPooled

/** Options that were checked, with what was absent filled in. */
export interface Settings {
  readonly id: string
  readonly schema: string
  readonly migrate: boolean
  readonly timeout: number
  readonly pooler: boolean | undefined
  readonly poll: number
  readonly pool: PostgresPool | undefined
  /** For pg, where there is no pool. */
  readonly config: object
}

const MOST_SCHEMA_BYTES = 40

/** A schema's name also is part of the channel's and of the statements' names, which PostgreSQL cuts at 63 bytes. */
export function checkSchema(schema: unknown): asserts schema is string {
  checkName('schema', schema)
  if (Buffer.byteLength(schema) > MOST_SCHEMA_BYTES) {
    throw new TypeError(`schema must take ${MOST_SCHEMA_BYTES} bytes at most`)
  }
  if (schema.startsWith('pg_'))
    throw new TypeError('schema must not begin with "pg_": PostgreSQL keeps these for itself')
}

/** Throws a `TypeError` for what cannot be meant. */
export function settingsOf(options: string | PostgresOptions): Settings {
  const given: PostgresOptions = typeof options === 'string' ? { connectionString: options } : options
  if (typeof given !== 'object' || given === null) {
    throw new TypeError(
      "postgres takes a connection string, or options as { connectionString: 'postgres://…' } or { pool }",
    )
  }
  const {
    id = 'postgres',
    schema = 'avout',
    migrate = true,
    timeout = 5000,
    pooler,
    poll = 100,
    pool,
    ...config
  } = given
  checkName('id', id)
  checkSchema(schema)
  checkMilliseconds('timeout', timeout)
  checkMilliseconds('poll', poll)
  if (pool !== undefined && typeof pool.connect !== 'function') throw new TypeError('pool must be a Pool of pg')
  return { id, schema, migrate, timeout, pooler, poll, pool, config }
}

function checkMilliseconds(what: string, value: number): void {
  if (!(value > 0 && value <= 2 ** 31 - 1)) throw new TypeError(`${what} must be milliseconds, not ${String(value)}`)
}
