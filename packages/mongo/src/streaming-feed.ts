import { setTimeout as pause } from 'node:timers/promises'
import type { ChangeStream, Document, Timestamp } from 'mongodb'
import { COLLECTIONS } from './layout.js'
import { Listeners } from './listeners.js'
import type { Store } from './store.js'
import { type Feed, type Topic, topicKey, type Wake } from './topic.js'
import { within } from './within.js'

/** How long the server waits for a change before it answers that there was none. */
const AWAIT_MS = 1000

/** Between what is told of the log and the next question: entries that come thick, one's own among them, cost one and not one each. */
const GATHER_MS = 5

/** Before a stream that broke is opened again. */
const PAUSES_MS = { first: 20, longest: 1000 }

interface Running {
  readonly ended: AbortController
  stream: ChangeStream | undefined
}

/**
 * Change streams: one for a session, while anybody listens. It takes a connection of the pool for itself. A stream that breaks,
 * or that a silent server leaves without an answer, is opened again, and as it may have missed something, all are woken.
 */
export class StreamingFeed implements Feed {
  readonly #store: Store
  readonly #listeners = new Listeners()
  #running: Running | undefined
  /** What has come before this time is told, or buffered. */
  #gathered = 0

  constructor(store: Store) {
    this.#store = store
  }

  async on(topic: Topic, wake: Wake): Promise<AsyncDisposable> {
    // The stream begins at a time of before, so nothing is missed however long it takes to open.
    const since = this.#running === undefined ? await this.#now() : undefined
    const listening = this.#listeners.add(topic, wake, this.#store.lifetime, () => {
      if (this.#listeners.isEmpty) this.#stop()
    })
    if (this.#running === undefined) {
      const running: Running = { ended: new AbortController(), stream: undefined }
      this.#running = running
      void this.#run(running, since)
    }
    return listening
  }

  #stop(): void {
    const running = this.#running
    if (running === undefined) return
    this.#running = undefined
    running.ended.abort()
    if (running.stream !== undefined) this.#close(running.stream)
  }

  /** Not waited for, but the connection outlives it. */
  #close(stream: ChangeStream): void {
    this.#store.lifetime.leave(within(this.#store.connection.settings.timeout, () => stream.close()))
  }

  async #run(running: Running, since: Timestamp | undefined): Promise<void> {
    let from = since
    for (let wait = PAUSES_MS.first; !running.ended.signal.aborted; wait = Math.min(2 * wait, PAUSES_MS.longest)) {
      try {
        from ??= await this.#now()
        const stream = this.#open(from)
        running.stream = stream
        // Who was told nothing while there was no stream looks by himself.
        if (from !== since) this.#listeners.wakeAll()
        while (!running.ended.signal.aborted) {
          const { timeout } = this.#store.connection.settings
          const change = await within(timeout + AWAIT_MS, () => stream.tryNext())
          wait = PAUSES_MS.first
          if (change === null) continue
          if (this.#tell(change) === COLLECTIONS.log) await this.#gather(running)
        }
      } catch {
        // Whatever it was, the next try tells whether it lasts; calls report the state of the store.
        from = undefined
        if (running.stream !== undefined) this.#close(running.stream)
        running.stream = undefined
        await Promise.allSettled([pause(wait, undefined, { signal: running.ended.signal })])
      }
    }
  }

  async #gather({ ended }: Running): Promise<void> {
    if (performance.now() < this.#gathered + GATHER_MS) return
    await Promise.allSettled([pause(GATHER_MS, undefined, { signal: ended.signal })])
    this.#gathered = performance.now()
  }

  #open(startAtOperationTime: Timestamp): ChangeStream {
    const $match = {
      'ns.coll': { $in: [COLLECTIONS.log, COLLECTIONS.states, COLLECTIONS.locks] },
      'documentKey._id.realm': this.#store.realm,
    }
    const $project = { ns: 1, documentKey: 1, operationType: 1 }
    return this.#store.connection.db.watch([{ $match }, { $project }], {
      startAtOperationTime,
      maxAwaitTimeMS: AWAIT_MS,
      promoteValues: true,
      promoteLongs: true,
      readPreference: 'primary',
    })
  }

  /** Answers the collection that has changed. */
  #tell(change: Document): Topic['collection'] {
    const collection: Topic['collection'] = change.ns.coll
    const { name, position } = change.documentKey._id
    if (collection !== COLLECTIONS.log) this.#listeners.wake(topicKey({ collection, name }))
    else if (change.operationType === 'insert' && position > 0) this.#listeners.wake(collection, position)
    return collection
  }

  async #now(): Promise<Timestamp> {
    return (await this.#store.ping()).operationTime
  }
}
