import { randomUUID } from 'node:crypto'
import { Client } from 'pg'
import { arrayLiteral } from './array-literal.js'
import type { Connection } from './connection.js'
import { type Listener, Listeners } from './listeners.js'
import { channelOf, identifier } from './sql/schema.js'
import { repeatable } from './statement.js'

/** Notifications of one backend are at least so many ms apart: those in between share one. */
const SPACING = 5
/** How long a notification to oneself may take; where it does not come, a pooler swallows them. */
const HELLO = 1000
/** How often the connection that listens is looked at: it sends nothing by itself, and would not notice that it is cut. */
const HEARTBEAT = 10_000
const LONGEST_WAIT = 30_000

// A notification needs no flush: who waits for one has looked before, and a lost one is no breach.
const notify = repeatable(
  'notify',
  () =>
    `select set_config('synchronous_commit', 'off', true), pg_notify($1, payload) from unnest($2::text[]) as payload`,
)

/**
 * Tells others of changes, and hears of theirs. Never within the transaction that makes the change: a transaction that notifies
 * holds a lock of the whole server through its flush, so that all realms would wait for one another. Listening has a connection
 * of its own, from the first who wants to hear on; without it (a pooler, or a connection that broke) news are looked for.
 */
export class Notifier {
  readonly #connection: Connection
  readonly #listeners = new Listeners()
  readonly #channel: string
  readonly #self = randomUUID()
  readonly #pending = new Set<string>()
  #sending: Promise<void> | undefined
  #hears = false
  #hello: (() => void) | undefined
  #ended = false
  #running = false
  readonly #wakes = new Set<() => void>()

  constructor(connection: Connection) {
    this.#connection = connection
    this.#channel = channelOf(connection.settings.schema)
  }

  /** Whether changes are pushed right now. */
  get hears(): boolean {
    return this.#hears
  }

  add(topic: string, listener: Listener): () => void {
    const remove = this.#listeners.add(topic, listener)
    if (!this.#running) {
      this.#running = true
      void this.#listen()
      void this.#poll()
    }
    return remove
  }

  /** Something has changed: wakes who is here, and tells the others soon. */
  changed(topic: string): void {
    this.#listeners.wake(topic)
    this.#pending.add(`${this.#self} ${topic}`)
    this.#sending ??= this.#send()
  }

  /** When the last changes were told. */
  async end(): Promise<void> {
    this.#ended = true
    for (const wake of this.#wakes) wake()
    await this.#sending
  }

  async #send(): Promise<void> {
    while (this.#pending.size > 0) {
      const payloads = [...this.#pending]
      this.#pending.clear()
      // One that is lost is no breach: who waits looks by itself as well. The connection reports what is wrong.
      await Promise.allSettled([this.#connection.run(notify, [this.#channel, arrayLiteral(payloads)])])
      await this.#pause(SPACING)
    }
    this.#sending = undefined
  }

  async #listen(): Promise<void> {
    for (let wait = SPACING; !this.#ended; wait = Math.min(2 * wait, LONGEST_WAIT)) {
      const begun = performance.now()
      const client = new Client({ ...this.#connection.config })
      const broken = new Promise<void>((resolve) => {
        client.on('error', () => resolve())
        client.on('end', () => resolve())
      })
      const [heard] = await Promise.allSettled([this.#hear(client, broken)])
      this.#hears = false
      if (heard.status === 'fulfilled' && heard.value) wait = SPACING
      await Promise.allSettled([bounded(client.end(), HELLO)])
      // One that broke at once is not tried again at once.
      await this.#pause(performance.now() - begun > LONGEST_WAIT ? SPACING : Math.max(wait, 50))
    }
  }

  /** Listens until the connection breaks. Answers whether it ever heard. */
  async #hear(client: Client, broken: Promise<void>): Promise<boolean> {
    const { timeout } = this.#connection.settings
    await bounded(client.connect(), timeout)
    client.on('notification', ({ payload = '' }) => this.#heard(payload))
    await client.query({ text: `listen ${identifier(this.#channel)}`, ...within(timeout) })
    if (!(await this.#hearsItself())) {
      // What listens now may be a connection that others are given next.
      await client.query({ text: 'unlisten *', ...within(timeout) })
      return false
    }
    this.#hears = true
    // What changed before it listened was not heard.
    this.#listeners.wakeAll()
    let open = true
    void broken.then(() => {
      open = false
      for (const wake of this.#wakes) wake()
    })
    while (open && !this.#ended) {
      await this.#pause(HEARTBEAT)
      if (open && !this.#ended) await client.query({ text: 'select 1', ...within(timeout) })
    }
    return true
  }

  async #hearsItself(): Promise<boolean> {
    const answered = new Promise<boolean>((resolve) => {
      this.#hello = () => resolve(true)
    })
    await this.#connection.run(notify, [this.#channel, arrayLiteral([`${this.#self} hello`])])
    return Promise.race([answered, this.#pause(HELLO).then(() => false)])
  }

  #heard(payload: string): void {
    const space = payload.indexOf(' ')
    const topic = payload.slice(space + 1)
    if (payload.slice(0, space) !== this.#self) this.#listeners.wake(topic)
    else if (topic === 'hello') this.#hello?.()
  }

  async #poll(): Promise<void> {
    const { poll } = this.#connection.settings
    while (!this.#ended) {
      await this.#pause(this.#hears ? HELLO : poll)
      // The connection reports what is wrong; the next look is soon.
      if (!this.#hears && !this.#ended) await Promise.allSettled([this.#listeners.look()])
    }
  }

  #pause(ms: number): Promise<void> {
    if (this.#ended) return Promise.resolve()
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer)
        this.#wakes.delete(done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      this.#wakes.add(done)
    })
  }
}

/** For a query: pg takes it, its types do not know. */
const within = (ms: number): object => ({ query_timeout: ms })

/** Rejects when `work` takes longer. */
function bounded<T>(work: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not within ${ms} ms`)), ms)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
