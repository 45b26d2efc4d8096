import type { Counter } from '@avout/core/backend'
import { type Document, Long } from 'mongodb'
import { checkCount } from './check.js'
import { COLLECTIONS } from './layout.js'
import type { Store } from './store.js'

export class MongoCounter implements Counter {
  readonly #store: Store
  readonly #name: string

  constructor(store: Store, name: string) {
    this.#store = store
    this.#name = name
  }

  async next(n = 1): Promise<number> {
    this.#store.lifetime.check()
    checkCount('n', n, 1)
    // A 64-bit number stays exact; counting twice, after an answer that was lost, leaves a gap.
    const update = { $inc: { n: Long.fromNumber(n) } }
    const command = { findAndModify: COLLECTIONS.counters, query: { _id: this.#id }, update, upsert: true, new: true }
    const { value } = await this.#store.write(command, true)
    return this.#valueOf(value)
  }

  async current(): Promise<number> {
    this.#store.lifetime.check()
    const found = await this.#store.one(COLLECTIONS.counters, this.#id, true)
    return found === undefined ? 0 : this.#valueOf(found)
  }

  get #id(): Document {
    return { realm: this.#store.realm, name: this.#name }
  }

  #valueOf({ n }: Document): number {
    if (!Number.isSafeInteger(n)) throw new RangeError(`the counter "${this.#name}" is exhausted`)
    return n
  }
}
