import type { At, Data, Head, Stored, VersionedStateContainer, VersionedStates } from '@avout/core/backend'
import { type Document, MaxKey } from 'mongodb'
import { checkCount, checkData, checkName, checkString } from './check.js'
import { setCurrent } from './current.js'
import { DUPLICATE_KEY } from './errors.js'
import { COLLECTIONS, MAX_BYTES, writeErrors } from './layout.js'
import type { Store } from './store.js'
import { decodeValue, encodeValue } from './value.js'

/** Of one command: all of it is one BSON document for the server. */
const COMMAND_BYTES = 8 << 20
const COMMAND_COUNT = 1000

/** A document to be inserted, and no fewer bytes than it takes. */
export interface Prepared {
  readonly document: Document
  readonly bytes: number
}

/** A realm's versioned values: a document each. An `_id` is written once, so its first writer wins. */
export class MongoVersions implements VersionedStates {
  readonly maxBytes = MAX_BYTES
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  check(value: Data): void {
    encodeValue(value)
  }

  container(ref: string): VersionedStateContainer {
    this.#store.lifetime.check()
    checkName('ref', ref)
    return {
      initVersionedStateContainer: async () => this.#store.lifetime.check(),
      destroyVersionedStateContainer: () => this.#deleteAll(ref),
      getStateAt: async (version) => (await this.getMany([{ ref, version }]))[0],
      setStateAt: async (value, version) => (await this.setMany([{ ref, version, value }]))[0] as boolean,
      deleteStateAt: (version) => this.deleteMany([{ ref, version }]),
    }
  }

  /** One round trip, and where something is absent two more: a miss counts only on a primary that proved to be one. */
  async getMany(keys: readonly At[]): Promise<readonly (Data | undefined)[]> {
    this.#store.lifetime.check()
    for (const at of keys) checkAt(at)
    const found = await this.#find(keys)
    const missing = keys.filter((at) => !found.has(keyOf(at)))
    if (missing.length > 0 && !this.#store.connection.standalone) {
      await this.#store.fresh()
      for (const [key, value] of await this.#find(missing)) found.set(key, value)
    }
    return keys.map((at) => found.get(keyOf(at)))
  }

  /** One round trip for about eight megabytes. */
  async setMany(entries: readonly Stored[]): Promise<readonly boolean[]> {
    this.#store.lifetime.check()
    return this.insert(this.prepare(entries))
  }

  async deleteMany(keys: readonly At[]): Promise<void> {
    this.#store.lifetime.check()
    for (const at of keys) checkAt(at)
    for (const page of pages(keys)) await this.#delete({ _id: { $in: page.map((at) => this.#id(at)) } })
  }

  async setCurrent(heads: readonly Head[]): Promise<void> {
    this.#store.lifetime.check()
    for (const head of heads) {
      checkAt(head)
      checkCount('position', head.position, 1)
    }
    await setCurrent(this.#store, heads)
  }

  /** What `insert` takes. Throws, before anything is sent, for what the store cannot hold. */
  prepare(entries: readonly Stored[]): Prepared[] {
    return entries.map((entry) => {
      checkAt(entry)
      checkData('value', entry.value)
      const { fields, bytes } = encodeValue(entry.value)
      const id = this.#id(entry)
      return { document: { _id: id, ...fields }, bytes: bytes + 3 * (entry.ref.length + entry.version.length) + 200 }
    })
  }

  /** Which of them were the first of their key. */
  async insert(prepared: readonly Prepared[]): Promise<boolean[]> {
    const won = new Array<boolean>(prepared.length).fill(true)
    for (const { from, to } of batches(prepared)) {
      const documents = prepared.slice(from, to).map(({ document }) => document)
      const reply = await this.#store.write({ insert: COLLECTIONS.values, ordered: false, documents })
      this.#store.checkReply(reply, 'storing values')
      for (const { index, code } of writeErrors(reply)) if (code === DUPLICATE_KEY) won[from + index] = false
    }
    return won
  }

  async #find(keys: readonly At[]): Promise<Map<string, Data>> {
    const found = new Map<string, Data>()
    for (const page of pages(keys)) {
      // A reply ends at 16 MiB: what it lacks is asked for again until a reply is whole.
      for (let whole = false, asked = page; !whole; asked = asked.filter((at) => !found.has(keyOf(at)))) {
        const filter = { _id: { $in: asked.map((at) => this.#id(at)) } }
        const reply = await this.#store.list({ find: COLLECTIONS.values, filter, batchSize: asked.length + 1 })
        for (const document of reply.documents) found.set(keyOf(document._id), decodeValue(document) as Data)
        whole = reply.whole
      }
    }
    return found
  }

  async #deleteAll(ref: string): Promise<void> {
    this.#store.lifetime.check()
    const { realm } = this.#store
    await this.#delete({ _id: { $gt: { realm, ref }, $lt: { realm, ref, version: new MaxKey() } } })
  }

  async #delete(q: Document): Promise<void> {
    const reply = await this.#store.write({ delete: COLLECTIONS.values, deletes: [{ q, limit: 0 }] }, true)
    this.#store.checkReply(reply, 'deleting values')
  }

  #id({ ref, version }: At): Document {
    return { realm: this.#store.realm, ref, version }
  }
}

function checkAt({ ref, version }: At): void {
  checkName('ref', ref)
  checkString('version', version)
}

/** Names have no length in common, so the first one's says where it ends. */
const keyOf = ({ ref, version }: At | Document): string => `${ref.length} ${ref}${version}`

function* pages<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let i = 0; i < items.length; i += COMMAND_COUNT) yield items.slice(i, i + COMMAND_COUNT)
}

function* batches(prepared: readonly Prepared[]): Generator<{ from: number; to: number }> {
  let from = 0
  let bytes = 0
  for (const [i, item] of prepared.entries()) {
    if (i > from && (bytes + item.bytes > COMMAND_BYTES || i - from === COMMAND_COUNT)) {
      yield { from, to: i }
      from = i
      bytes = 0
    }
    bytes += item.bytes
  }
  if (from < prepared.length) yield { from, to: prepared.length }
}
