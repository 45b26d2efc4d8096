import { ClosedError, UnavailableError } from '@avout/core'
import type { Clock } from '@avout/core/backend'
import type { Document } from 'mongodb'
import type { Connection } from './connection.js'
import { DUPLICATE_KEY, replyError } from './errors.js'
import { READ_CONCERN, WRITE_CONCERN, writeErrors } from './layout.js'
import type { Lifetime } from './lifetime.js'

/** One session's way to the store: its realm, and commands that end with it. */
export class Store {
  readonly realm: string
  readonly clock: Clock
  readonly connection: Connection
  readonly lifetime: Lifetime

  constructor(realm: string, clock: Clock, connection: Connection, lifetime: Lifetime) {
    this.realm = realm
    this.clock = clock
    this.connection = connection
    this.lifetime = lifetime
  }

  /** A write at majority. `again` where it may be done twice. */
  write(command: Document, again = false): Promise<Document> {
    return this.#run(() => this.connection.command({ ...command, writeConcern: WRITE_CONCERN }, again))
  }

  /** A write that may be done twice, and also at the session's end. */
  finalWrite(command: Document): Promise<Document> {
    return this.connection.command({ ...command, writeConcern: WRITE_CONCERN }, true)
  }

  /** A read at majority; it is tried again until the time is up. */
  read(command: Document): Promise<Document> {
    return this.#run(() => this.connection.command({ ...command, readConcern: READ_CONCERN }, true))
  }

  /** Touches nothing. A replica set tells its time in the reply. */
  ping(): Promise<Document> {
    return this.#run(() => this.connection.command({ ping: 1 }, true))
  }

  /** The first batch of a query; `whole` is false where the server broke it off because it grew too large. */
  async list(command: Document): Promise<{ documents: readonly Document[]; whole: boolean }> {
    const { cursor } = await this.read(command)
    const whole = String(cursor.id) === '0'
    if (!whole) {
      const [, collection] = Object.entries(command)[0] as [string, string]
      await this.#run(() => this.connection.command({ killCursors: collection, cursors: [cursor.id] }))
    }
    return { documents: cursor.firstBatch, whole }
  }

  /** The one document of this `_id`, read after the tick where `fresh`. */
  async one(find: string, _id: Document, fresh: boolean, projection: Document = {}): Promise<Document | undefined> {
    if (fresh) await this.fresh()
    const { cursor } = await this.read({ find, filter: { _id }, projection, limit: 1, singleBatch: true })
    return cursor.firstBatch[0]
  }

  /** See `Connection.fresh`. */
  fresh(): Promise<void> {
    return this.#run(() => this.connection.fresh())
  }

  settled(): Promise<void> {
    return this.#run(() => this.connection.settled())
  }

  /** Throws for the first of a reply's errors that is no taken key. */
  checkReply(reply: Document, what: string): void {
    const error = writeErrors(reply).find(({ code }) => code !== DUPLICATE_KEY)
    if (error !== undefined) throw this.connection.toError(replyError(error, 'a write error'), what)
  }

  unavailable(message: string): UnavailableError {
    const { settings, address } = this.connection
    return new UnavailableError(`${settings.id} at ${address}: ${message}`, settings.id)
  }

  async #run<T>(call: () => Promise<T>): Promise<T> {
    this.lifetime.check()
    try {
      return await call()
    } catch (error) {
      if (this.lifetime.ended) throw new ClosedError('this session was closed meanwhile', { cause: error })
      throw error
    }
  }
}
