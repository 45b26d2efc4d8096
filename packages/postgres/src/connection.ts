import { IncompatibleError, UnavailableError } from '@avout/core'
import type { BackendContext, BackendState } from '@avout/core/backend'
import { Pool } from 'pg'
import { isLost, isPooled, isWrongIsolation, mapped, runsAgain } from './errors.js'
import { Health } from './health.js'
import type { PooledClient, PostgresPool, Settings } from './options.js'
import { identifier } from './sql/schema.js'
import { type Statement, types } from './statement.js'

/** How often a statement that was rolled back whole is tried in all. */
const TRIES = 6

/** The connections of one backend, shared by its sessions: made with the first, and closed with the last. */
export class Connection {
  readonly settings: Settings
  readonly schema: string
  /** The server's address, without credentials. */
  readonly where: string
  readonly #pool: PostgresPool
  readonly #owned: boolean
  readonly #health: Health
  readonly #known = new WeakSet<PooledClient>()
  readonly #readCommitted = new WeakSet<PooledClient>()
  readonly #texts = new Map<Statement, { readonly text: string; readonly name: string }>()
  readonly #idleError = (error: Error) => this.#health.lost(mapped(error, this.settings.id, this.where))
  /**
   * At once, while the pool still listens itself: what a server that shuts down says right behind its welcome may come in the
   * same piece of data, before whoever waits for the connection has it.
   */
  readonly #guard = (client: PooledClient): void => {
    if (this.#known.has(client)) return
    this.#known.add(client)
    client.on('error', this.#idleError)
  }
  #active = 0
  #idle: (() => void) | undefined
  /** Behind a pooler statements are not prepared: another connection would be asked for them. */
  pooler: boolean
  /** Whether transactions are read committed by themselves. */
  isReadCommitted = true

  constructor(settings: Settings) {
    this.settings = settings
    this.schema = identifier(settings.schema)
    this.pooler = settings.pooler ?? true
    this.#owned = settings.pool === undefined
    this.#pool = settings.pool ?? ownPool(settings)
    this.where = addressOf(this.#pool.options)
    // Without listeners, a connection that breaks while it is idle would end the process.
    this.#pool.on('error', this.#idleError)
    this.#pool.on('connect', this.#guard)
    this.#health = new Health(() => this.simple('select 1'))
  }

  /** With what one more connection to the same server is made. */
  get config(): object {
    return this.#pool.options
  }

  /** Tells a session's client of changes. Answers how to stop that. */
  watch(report: BackendContext['report']): () => void {
    return this.#health.watch(report)
  }

  get state(): BackendState {
    return this.#health.state
  }

  /** The rows of a statement, as arrays of columns. */
  async run<Row extends readonly unknown[]>(statement: Statement, values: readonly unknown[]): Promise<Row[]> {
    return (await this.execute(statement, values)).rows as unknown[] as Row[]
  }

  /** How many rows a statement touched. */
  async count(statement: Statement, values: readonly unknown[]): Promise<number> {
    return (await this.execute(statement, values)).rowCount ?? 0
  }

  /** What the server is like, and whether this is its own process that one talks to: a pooler hands out another's number. */
  async examine(): Promise<void> {
    const text = `select pg_backend_pid(), current_setting('default_transaction_isolation') = 'read committed',
      current_setting('server_encoding'), current_setting('server_version_num')::integer`
    const { timeout, pooler, id } = this.settings
    try {
      const [row, processID] = await this.#onClient(async (client) => {
        const { rows } = await client.query({ text, types, rowMode: 'array', query_timeout: timeout })
        return [rows[0] as [number, boolean, string, number], client.processID] as const
      })
      const [backend, isReadCommitted, encoding, version] = row
      this.isReadCommitted = isReadCommitted
      this.pooler = pooler ?? (processID !== undefined && processID !== null && processID !== backend)
      if (version < 120_000) {
        throw new IncompatibleError(
          `"${id}" at ${this.where} is PostgreSQL ${Math.floor(version / 10_000)}: 12 is the oldest`,
        )
      }
      if (encoding !== 'UTF8') {
        throw new IncompatibleError(`"${id}" at ${this.where}: the database is encoded as ${encoding}, not as UTF8`)
      }
      this.#health.answered()
    } catch (error) {
      throw this.#failed(error)
    }
  }

  /** SQL of several statements, in one transaction. */
  async simple(text: string): Promise<void> {
    try {
      await this.#onClient((client, budget) => client.query({ text, query_timeout: budget }))
      this.#health.answered()
    } catch (error) {
      throw this.#failed(error)
    }
  }

  /** SQL that nothing depends on: whether it ran is nobody's concern. */
  async attempt(text: string): Promise<void> {
    await Promise.allSettled([this.#onClient((client, budget) => client.query({ text, query_timeout: budget }))])
  }

  private async execute(statement: Statement, values: readonly unknown[]) {
    for (let tried = 1; ; tried++) {
      try {
        const result = await this.#onClient((client, budget) => this.#send(client, statement, values, budget))
        this.#health.answered()
        return result
      } catch (error) {
        if (isWrongIsolation(error)) this.isReadCommitted = false
        else if (isPooled(error)) this.pooler = true
        else if (runsAgain(error)) await pause(tried)
        else if (!(statement.repeatable && tried === 1 && isLost(error) && !isTimeout(error))) throw this.#failed(error)
        if (tried >= TRIES) throw this.#failed(error)
      }
    }
  }

  async #send(client: PooledClient, statement: Statement, values: readonly unknown[], budget: number) {
    const { text, name } = this.#textOf(statement)
    const query = { text, values, types, rowMode: 'array', query_timeout: budget, ...(this.pooler ? {} : { name }) }
    if (this.isReadCommitted) return client.query(query)
    // A role or database whose default is stricter: a statement by itself would not see what it waited for.
    if (this.#owned && !this.pooler) {
      if (!this.#readCommitted.has(client)) {
        const set = 'set session characteristics as transaction isolation level read committed'
        await client.query({ text: set, query_timeout: budget })
        this.#readCommitted.add(client)
      }
      return client.query(query)
    }
    const begin = `begin isolation level read committed; set local idle_in_transaction_session_timeout = ${Math.ceil(budget)}`
    await client.query({ text: begin, query_timeout: budget })
    const result = await client.query(query)
    await client.query({ text: 'commit', query_timeout: budget })
    return result
  }

  /** With a connection of the pool, for as many ms as are left. One that failed in any way but by an answer is thrown away. */
  async #onClient<T>(use: (client: PooledClient, budget: number) => Promise<T>): Promise<T> {
    this.#active++
    try {
      return await this.#used(use)
    } finally {
      this.#active--
      if (this.#active === 0) this.#idle?.()
    }
  }

  async #used<T>(use: (client: PooledClient, budget: number) => Promise<T>): Promise<T> {
    const { timeout } = this.settings
    const begun = performance.now()
    const client = await this.#checkout(timeout)
    const budget = timeout - (performance.now() - begun)
    if (budget < timeout / 4) {
      client.release()
      throw new UnavailableError(`"${this.settings.id}" at ${this.where}: a connection came too late`, this.settings.id)
    }
    let healthy = false
    try {
      const result = await use(client, Math.ceil(budget))
      healthy = true
      return result
    } catch (error) {
      healthy = this.isReadCommitted && !isLost(error)
      throw error
    } finally {
      client.release(!healthy)
    }
  }

  /** A pool may have no limit of its own for how long one waits. */
  #checkout(timeout: number): Promise<PooledClient> {
    return new Promise((resolve, reject) => {
      let late = false
      const timer = setTimeout(() => {
        late = true
        const { id } = this.settings
        reject(new UnavailableError(`"${id}" at ${this.where}: no connection within ${timeout} ms`, id))
      }, timeout)
      this.#pool.connect().then(
        (client) => {
          clearTimeout(timer)
          this.#guard(client)
          if (late) client.release()
          else resolve(client)
        },
        (error: unknown) => {
          clearTimeout(timer)
          if (!late) reject(error)
        },
      )
    })
  }

  /** The error to throw; what it says of the server is passed on. */
  #failed(error: unknown): unknown {
    const ours = mapped(error, this.settings.id, this.where)
    if (UnavailableError.isInstance(ours)) this.#health.lost(ours)
    return ours
  }

  #textOf(statement: Statement) {
    let made = this.#texts.get(statement)
    if (made === undefined) {
      // The schema is part of the name: a user's pool may serve two backends, and a name means one text on a connection.
      made = { text: statement.text(this.schema), name: `avout ${statement.key} ${this.settings.schema}` }
      this.#texts.set(statement, made)
    }
    return made
  }

  /** When what is under way has ended, which takes no longer than one call may. */
  async close(): Promise<void> {
    this.#health.end()
    if (this.#active > 0) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve
      })
    }
    if (this.#owned) await this.#pool.end()
    else {
      this.#pool.off('error', this.#idleError)
      this.#pool.off('connect', this.#guard)
    }
  }
}

function ownPool({ config, timeout }: Settings): PostgresPool {
  return new Pool({ keepAlive: true, fallback_application_name: 'avout', connectionTimeoutMillis: timeout, ...config })
}

function addressOf(options: object): string {
  const { connectionString, host, port } = options as { connectionString?: string; host?: string; port?: number }
  if (connectionString !== undefined) {
    const url = URL.canParse(connectionString) ? new URL(connectionString) : undefined
    if (url?.host) return url.host
  }
  return `${host ?? process.env.PGHOST ?? 'localhost'}:${port ?? process.env.PGPORT ?? 5432}`
}

const isTimeout = (error: unknown) => error instanceof Error && error.message === 'Query read timeout'

/** Those who met in a deadlock must not meet again. */
function pause(tried: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.random() * 5 * 2 ** tried))
}
