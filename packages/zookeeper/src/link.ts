import type { BackendState } from '@avout/core/backend'
import type { Driver, Handle, HandleOptions } from './drivers/driver.js'
import { unavailable, type Where } from './errors.js'

type OnState = (state: BackendState, error?: unknown) => void

/** What a link tells whoever sends through it. */
export interface LinkEvents {
  /** Calls are sent at once from now on. */
  up(): void
  /** The session is over: what was sent in it may never be answered. */
  over(): void
  /** Another session has begun, in which nothing is watched. */
  renewed(): void
  /** What was watched at `path` has changed. */
  fired(path: string): void
}

/** How long after a session that could not be made the next one is tried, in ms. */
const PAUSE = 250

/**
 * Keeps a session with the servers. It outlives ZooKeeper's own: where one has ended, or could not reach a server for longer than it
 * lasts (after a rollback it never will: the server is behind what it has seen), another is made.
 */
export class Link {
  /** Changes with each session of ZooKeeper: what was learned in another one may have been undone since by a rollback. */
  epoch = 0
  /** Whether a call would be sent at once. */
  up = false
  handle: Handle | undefined
  readonly #driver: Driver
  readonly #options: HandleOptions
  readonly #where: Where
  readonly #events: LinkEvents
  readonly #listeners = new Set<OnState>()
  #state: BackendState = 'connecting'
  #replacing: NodeJS.Timeout | undefined
  #closed = false

  constructor(driver: Driver, options: HandleOptions, where: Where, events: LinkEvents) {
    this.#driver = driver
    this.#options = options
    this.#where = where
    this.#events = events
    this.#open()
  }

  onState(listener: OnState): () => void {
    this.#listeners.add(listener)
    listener(this.#state)
    return () => this.#listeners.delete(listener)
  }

  /** Gives the session up, and makes another one. */
  replace(reason: string): void {
    this.#replace(reason, 'down')
  }

  #replace(reason: string, state: BackendState): void {
    const { handle } = this
    if (this.#closed || handle === undefined) return
    this.handle = undefined
    this.up = false
    handle.close(true).catch((cause: unknown) => this.#tell('down', cause))
    this.#events.over()
    this.#tell(state, unavailable(`cannot be reached: ${reason}`, this.#where))
    clearTimeout(this.#replacing)
    this.#replacing = setTimeout(() => {
      this.#open()
      this.#events.renewed()
    }, PAUSE)
    this.#replacing.unref()
  }

  async close(): Promise<void> {
    const { handle } = this
    this.#closed = true
    this.up = false
    this.handle = undefined
    clearTimeout(this.#replacing)
    this.#listeners.clear()
    await handle?.close(this.#state !== 'up')
  }

  #open(): void {
    this.epoch++
    const opened: { handle?: Handle } = {}
    // What an older session still tells is not of interest.
    const current = () => !this.#closed && this.handle === opened.handle
    opened.handle = this.#driver.open(this.#options, {
      up: () => current() && this.#isUp(),
      down: () => current() && this.#isDown(),
      lost: () => current() && this.#replace('the connection was lost', 'connecting'),
      ended: (reason) => current() && this.replace(reason),
      fired: (path) => current() && this.#events.fired(path),
    })
    this.handle = opened.handle
    this.#awaitConnection()
  }

  /** Not for longer than a session lasts: then it has ended without us, or never could be resumed. */
  #awaitConnection(): void {
    clearTimeout(this.#replacing)
    this.#replacing = setTimeout(() => this.replace('no server could be reached'), this.#options.sessionTimeout)
    // What waits for it has a timer of its own.
    this.#replacing.unref()
  }

  #isUp(): void {
    clearTimeout(this.#replacing)
    this.up = true
    this.#tell('up')
    this.#events.up()
  }

  #isDown(): void {
    this.up = false
    this.#tell('connecting', unavailable('cannot be reached: the connection was lost', this.#where))
    this.#awaitConnection()
  }

  #tell(state: BackendState, error?: unknown): void {
    if (this.#state === state) return
    this.#state = state
    for (const listener of this.#listeners) listener(state, error)
  }
}
