import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { AvoutError } from '@avout/core'
import { IncompatibleError } from '@avout/core'
import type { BackendState } from '@avout/core/backend'
import type { Db, Document } from 'mongodb'
import { MongoClient } from 'mongodb'
import { NAMESPACE_EXISTS, replyError, toAvoutError } from './errors.js'
import { COLLECTIONS, WRITE_CONCERN } from './layout.js'
import type { Settings } from './options.js'
import { Shared } from './shared.js'
import { within } from './within.js'

/** 4.4: `$unionWith`, and server time in projections. */
const OLDEST_WIRE_VERSION = 9

/** Connections of a client of our own: the hot path has about eight calls under way. */
const POOL = 24

/** What a crashed client leaves of its own document ends after a day. */
const TICK_LIFE_S = 86_400

/** Whatever the user's client does with types: what is stored has to come back equal. */
const BSON = {
  promoteLongs: true,
  promoteValues: true,
  promoteBuffers: false,
  useBigInt64: false,
  bsonRegExp: false,
  ignoreUndefined: false,
  serializeFunctions: false,
  raw: false,
  fieldsAsRaw: {},
  checkKeys: false,
  readPreference: 'primary',
} as const

/** Hears of the store's state. */
export type Reporter = (state: BackendState, error?: unknown) => void

/** The connection that the sessions of one backend share. */
export class Connection {
  readonly settings: Settings
  readonly address: string
  readonly #client: MongoClient
  readonly #db: Db
  readonly #own: boolean
  readonly #reporters = new Set<Reporter>()
  readonly #ticks = new Shared(() => this.#tick())
  readonly #tickId = randomUUID()
  #state: BackendState = 'connecting'
  #standalone = false
  #ticked = false

  constructor(settings: Settings) {
    this.settings = settings
    this.#own = settings.client === undefined
    this.#client = settings.client ?? newClient(settings)
    this.address = this.#client.options.hosts.map((host) => host.toString()).join(',') || 'its SRV address'
    this.#db = this.#client.db(settings.database)
    this.#client.on('topologyDescriptionChanged', this.#topologyChanged)
  }

  /** A server without a replica set: no change streams, and what it answers is not behind another's writes. */
  get standalone(): boolean {
    return this.#standalone
  }

  get db(): Db {
    return this.#db
  }

  async open(): Promise<void> {
    if (this.#own) {
      await within(this.settings.timeout, () => this.#client.connect()).catch((error: unknown) => {
        throw this.toError(error, 'connecting')
      })
    }
    const hello = await this.command({ hello: 1 })
    if (hello.maxWireVersion < OLDEST_WIRE_VERSION) {
      throw new IncompatibleError(`${this.settings.id} at ${this.address}: MongoDB 4.4 or newer is needed`)
    }
    this.#standalone = hello.setName === undefined && hello.msg !== 'isdbgrid'
    await Promise.all([this.#createView(), this.#createIndexes()])
  }

  async close(): Promise<void> {
    this.#client.off('topologyDescriptionChanged', this.#topologyChanged)
    const forgotten = this.#ticked ? this.command(deleteTick(this.#tickId)) : undefined
    await Promise.allSettled([forgotten])
    if (!this.#own) return
    await within(this.settings.timeout, () => this.#client.close()).catch((error: unknown) => {
      throw this.toError(error, 'closing')
    })
  }

  /** Tells the state at once, and every change. Answers how to end that. */
  watch(report: Reporter): () => void {
    this.#reporters.add(report)
    report(this.#state)
    return () => this.#reporters.delete(report)
  }

  /**
   * Runs a command on the primary, within the timeout. Where `again` is true it is safe to be run twice, and is until the time is
   * up. Rejects as `toAvoutError` says; what the reply says of single documents is left to the caller.
   */
  async command(command: Document, again = false): Promise<Document> {
    const end = performance.now() + this.settings.timeout
    for (let wait = 10; ; wait = Math.min(wait * 2, 250)) {
      try {
        return await this.#attempt(command, end - performance.now())
      } catch (thrown) {
        const error = this.toError(thrown, Object.keys(command)[0] as string)
        if (error.kind === 'unavailable') this.#report('down', error)
        if (!again || error.kind !== 'unavailable' || performance.now() + wait >= end) throw error
      }
      await pause(wait)
    }
  }

  /**
   * Resolves when a write of this connection's own, begun after the call, has reached a majority: so no other primary has
   * acknowledged anything before the call that this one does not know. A majority read alone may be stale under a primary that
   * was deposed; a linearizable one takes 100 ms on a set of one node.
   */
  async fresh(): Promise<void> {
    if (!this.#standalone) await this.#ticks.call()
  }

  /** Resolves when whatever was read before the call is on disk. A standalone shows what is not yet; a majority read does not. */
  async settled(): Promise<void> {
    if (this.#standalone) await this.#ticks.call()
  }

  toError(error: unknown, what: string): AvoutError {
    return toAvoutError(error, what, { id: this.settings.id, address: this.address })
  }

  async #attempt(command: Document, ms: number): Promise<Document> {
    const answer = await within(ms, (signal) => this.#db.command(command, { ...BSON, signal }))
    if (answer.writeConcernError !== undefined)
      throw replyError(answer.writeConcernError, 'a write concern that failed')
    this.#report('up')
    return answer
  }

  async #tick(): Promise<void> {
    this.#ticked = true
    const update = { $inc: { n: 1 }, $currentDate: { at: true } }
    const updates = [{ q: { _id: this.#tickId }, u: update, upsert: true }]
    await this.command({ update: COLLECTIONS.ticks, updates, writeConcern: WRITE_CONCERN }, true)
  }

  async #createIndexes(): Promise<void> {
    const index = { key: { at: 1 }, name: 'at', expireAfterSeconds: TICK_LIFE_S }
    await this.command({ createIndexes: COLLECTIONS.ticks, indexes: [index], writeConcern: WRITE_CONCERN }, true)
  }

  async #createView(): Promise<void> {
    const pipeline = [{ $match: { deleted: { $ne: true } } }]
    const create = { create: COLLECTIONS.current, viewOn: COLLECTIONS.heads, pipeline, writeConcern: WRITE_CONCERN }
    try {
      await this.command(create)
    } catch (error) {
      if ((error as { cause?: { code?: number } }).cause?.code !== NAMESPACE_EXISTS) throw error
    }
  }

  #report(state: BackendState, error?: unknown): void {
    if (state === this.#state) return
    this.#state = state
    for (const report of this.#reporters) report(state, error)
  }

  readonly #topologyChanged = ({ newDescription }: { newDescription: Topology }): void => {
    const servers = [...newDescription.servers.values()]
    // A standalone that became a member of a set answers for a set from now on.
    if (servers.some(({ type }) => type !== 'Standalone' && type !== 'Unknown')) this.#standalone = false
    if (servers.some(({ type }) => WRITABLE.has(type))) this.#report('up')
    else this.#report('down', servers.find(({ error }) => error !== null)?.error ?? undefined)
  }
}

interface Topology {
  readonly servers: ReadonlyMap<string, { readonly type: string; readonly error: Error | null }>
}

const WRITABLE: ReadonlySet<string> = new Set(['Standalone', 'RSPrimary', 'Mongos', 'LoadBalancer'])

const deleteTick = (_id: string): Document => ({
  delete: COLLECTIONS.ticks,
  deletes: [{ q: { _id }, limit: 1 }],
  writeConcern: { w: 1 },
})

function newClient({ url, timeout, id }: Settings): MongoClient {
  const limits = { serverSelectionTimeoutMS: timeout, connectTimeoutMS: timeout }
  try {
    const pool = /[?&]maxPoolSize=/i.test(url as string) ? {} : { maxPoolSize: POOL }
    return new MongoClient(url as string, { ...limits, ...pool, appName: 'avout' })
  } catch (error) {
    // The driver's message may quote the connection string, and with it the password.
    const name = error instanceof Error ? error.name : typeof error
    throw new TypeError(`${id}: the connection string is not one of MongoDB (${name})`)
  }
}
