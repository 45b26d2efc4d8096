import { setTimeout as pause } from 'node:timers/promises'
import type { Document } from 'mongodb'
import { COLLECTIONS } from './layout.js'
import { Listeners } from './listeners.js'
import { topOf } from './slots.js'
import type { Store } from './store.js'
import { type Feed, type Topic, topicKey, type Wake } from './topic.js'

/** What a document is known by: `version` of a state, `rev` of a lock. */
const MARK = { [COLLECTIONS.states]: 'version', [COLLECTIONS.locks]: 'rev' } as const

/** Looks now and then, where there are no change streams: one query a collection, however many listen. */
export class PollingFeed implements Feed {
  readonly #store: Store
  readonly #listeners = new Listeners()
  #seen = new Map<string, string>()
  #polling: AbortController | undefined

  constructor(store: Store) {
    this.#store = store
  }

  async on(topic: Topic, wake: Wake): Promise<AsyncDisposable> {
    const key = topicKey(topic)
    // What it is before: a change is what differs from that.
    const marks = await this.#look([topic])
    if (!this.#seen.has(key)) this.#seen.set(key, marks.get(key) as string)
    const listening = this.#listeners.add(topic, wake, this.#store.lifetime, () => {
      if (this.#listeners.isEmpty) this.#polling?.abort()
    })
    if (this.#polling === undefined || this.#polling.signal.aborted) {
      this.#polling = new AbortController()
      void this.#poll(this.#polling.signal)
    }
    return listening
  }

  async #poll(ended: AbortSignal): Promise<void> {
    while (!ended.aborted) {
      // A look that fails is as good as one that finds nothing: the store's state is reported elsewhere.
      const [found] = await Promise.allSettled([this.#look(this.#listeners.topics)])
      if (ended.aborted) return
      if (found?.status === 'fulfilled') this.#compare(found.value)
      await Promise.allSettled([pause(this.#store.connection.settings.pollInterval, undefined, { signal: ended })])
    }
  }

  #compare(marks: ReadonlyMap<string, string>): void {
    const before = this.#seen
    this.#seen = new Map(marks)
    for (const [key, mark] of marks) {
      if (before.get(key) === mark) continue
      if (key === COLLECTIONS.log) this.#listeners.wake(key, Number(mark))
      else this.#listeners.wake(key)
    }
  }

  async #look(topics: readonly Topic[]): Promise<Map<string, string>> {
    const marks = new Map(topics.map((topic) => [topicKey(topic), '']))
    const looks: Promise<void>[] = []
    if (marks.has(COLLECTIONS.log)) {
      looks.push(topOf(this.#store).then((top) => void marks.set(COLLECTIONS.log, String(top))))
    }
    for (const collection of [COLLECTIONS.states, COLLECTIONS.locks] as const) {
      const names = topics.flatMap((topic) => (topic.collection === collection ? [topic.name] : []))
      if (names.length > 0) looks.push(this.#lookAt(collection, names, marks))
    }
    await Promise.all(looks)
    return marks
  }

  async #lookAt(collection: keyof typeof MARK, names: readonly string[], marks: Map<string, string>): Promise<void> {
    const { realm } = this.#store
    const filter = { _id: { $in: names.map((name) => ({ realm, name })) } }
    const find = { find: collection, filter, projection: { [MARK[collection]]: 1 }, batchSize: names.length + 1 }
    const { documents } = await this.#store.list(find)
    for (const document of documents)
      marks.set(topicKey(topicOf(collection, document)), String(document[MARK[collection]]))
  }
}

const topicOf = (collection: keyof typeof MARK, { _id }: Document): Topic => ({ collection, name: _id.name })
