import type { Data, StateContainer } from '@avout/core/backend'
import { type Document, ObjectId } from 'mongodb'
import { checkData, checkFunction } from './check.js'
import { equal } from './equal.js'
import { DUPLICATE_KEY } from './errors.js'
import { COLLECTIONS, writeErrors } from './layout.js'
import type { Store } from './store.js'
import type { Feed } from './topic.js'
import { decodeValue, encodeValue } from './value.js'

/**
 * One mutable value. Every write gives it a version of its own that was never used before, and compare-and-set expects the
 * version that it has compared: MongoDB's comparison of values would find `1` in `[1, 2]`.
 */
export class MongoState implements StateContainer {
  readonly #store: Store
  readonly #feed: Feed
  readonly #name: string

  constructor(store: Store, feed: Feed, name: string) {
    this.#store = store
    this.#feed = feed
    this.#name = name
  }

  async initStateContainer(): Promise<void> {
    this.#store.lifetime.check()
  }

  async destroyStateContainer(): Promise<void> {
    this.#store.lifetime.check()
    const reply = await this.#store.write({ delete: COLLECTIONS.states, deletes: [{ q: { _id: this.#id }, limit: 1 }] })
    this.#store.checkReply(reply, 'destroying a state')
  }

  /** Two round trips: a tick, then the read. */
  async getState(): Promise<Data | undefined> {
    this.#store.lifetime.check()
    const found = await this.#read(true)
    return found === undefined ? undefined : decodeValue(found)
  }

  async setState(value: Data): Promise<void> {
    this.#store.lifetime.check()
    checkData('value', value)
    await this.#update({ _id: this.#id }, value, true)
  }

  /** Two round trips where it succeeds, more against others and before it says no. */
  async compareAndSetState(expected: Data | undefined, value: Data): Promise<boolean> {
    this.#store.lifetime.check()
    checkData('value', value)
    // Who loses against another looks again; somebody always wins. What is refused is looked at once more, freshly.
    for (let fresh = false; ; ) {
      const found = await this.#read(fresh)
      const current = found === undefined ? undefined : decodeValue(found)
      const matches = expected === undefined || current === undefined ? expected === current : equal(expected, current)
      if (!matches && fresh) return false
      fresh = !matches
      if (matches && (await this.#replace(found?.version, value))) return true
    }
  }

  async watchState(changed: () => void): Promise<AsyncDisposable> {
    this.#store.lifetime.check()
    checkFunction('changed', changed)
    return this.#feed.on({ collection: COLLECTIONS.states, name: this.#name }, changed)
  }

  get #id(): Document {
    return { realm: this.#store.realm, name: this.#name }
  }

  #read(fresh: boolean): Promise<Document | undefined> {
    return this.#store.one(COLLECTIONS.states, this.#id, fresh)
  }

  /** Only what has this version, or nothing where there is none. */
  #replace(version: ObjectId | undefined, value: Data): Promise<boolean> {
    if (version !== undefined) return this.#update({ _id: this.#id, version }, value, false)
    return this.#insert(value)
  }

  async #update(q: Document, value: Data, upsert: boolean): Promise<boolean> {
    const u = { ...encodeValue(value).fields, version: new ObjectId() }
    const reply = await this.#store.write({ update: COLLECTIONS.states, updates: [{ q, u, upsert }] })
    this.#store.checkReply(reply, 'setting a state')
    return reply.n === 1
  }

  async #insert(value: Data): Promise<boolean> {
    const document = { _id: this.#id, ...encodeValue(value).fields, version: new ObjectId() }
    const reply = await this.#store.write({ insert: COLLECTIONS.states, documents: [document] })
    this.#store.checkReply(reply, 'setting a state')
    return writeErrors(reply).every(({ code }) => code !== DUPLICATE_KEY)
  }
}
