import { setTimeout as pause } from 'node:timers/promises'
import type { Connection } from './connection.js'
import { BLOCK } from './driver.js'
import type { Link } from './link.js'

const PAUSE_MS = 200

/** Between what is told and the next question: entries that come thick, one's own among them, cost one and not one each. */
const GATHER_MS = 5

/**
 * Tells who subscribed of new entries: one `XREAD` that waits at the server, on a connection of its own, since whatever came
 * behind it would wait too. It is there as long as somebody listens.
 */
export class Wakes {
  readonly #link: Link
  readonly #log: string
  readonly #listeners = new Set<{ readonly wake: () => void }>()
  #running = false
  #connection: Connection | undefined
  #seen = 0

  constructor(link: Link, log: string) {
    this.#link = link
    this.#log = log
  }

  /** Entries up to here need not be told: that spares their bytes. */
  saw(position: number): void {
    if (position > this.#seen) this.#seen = position
  }

  /** The log ends here, though more had been seen. */
  lost(tail: number): void {
    this.#seen = tail
  }

  close(): void {
    this.#listeners.clear()
    this.#connection?.close()
  }

  /** Answers how to end it. */
  add(wake: () => void): () => void {
    const listener = { wake }
    this.#listeners.add(listener)
    if (!this.#running) {
      this.#running = true
      void this.#run()
    }
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size === 0) this.#connection?.close()
    }
  }

  async #run(): Promise<void> {
    while (this.#listeners.size > 0) {
      const connection = this.#link.connect('blocking')
      this.#connection = connection
      const stay = this.#link.onMove(() => connection.close())
      try {
        await this.#read(connection)
      } finally {
        stay()
        connection.close()
      }
    }
    this.#connection = undefined
    this.#running = false
  }

  /** Until the connection is closed. It asks by position, so what came while it was away is told when it is back. */
  async #read(connection: Connection): Promise<void> {
    while (this.#listeners.size > 0 && !connection.isClosed) {
      try {
        await connection.up(BLOCK)
        for (;;) await this.#next(connection)
      } catch (error) {
        this.#link.met(error)
        if (!connection.isClosed) await pause(PAUSE_MS)
      }
    }
  }

  async #next(connection: Connection): Promise<void> {
    const found = await connection.driver.xreadBuffer(
      'COUNT',
      1,
      'BLOCK',
      BLOCK,
      'STREAMS',
      this.#log,
      `${this.#seen}-0`,
    )
    const id = found?.[0]?.[1].at(-1)?.[0]
    if (id === undefined) return
    this.saw(Number.parseInt(id.toString(), 10))
    this.#wake()
    await pause(GATHER_MS)
  }

  /** A microtask each: what one listener throws surfaces, and the others are called nevertheless. */
  #wake(): void {
    for (const listener of this.#listeners) {
      queueMicrotask(() => {
        if (this.#listeners.has(listener)) listener.wake()
      })
    }
  }
}
