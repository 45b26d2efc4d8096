import type { Connection } from './connection.js'
import type { Link } from './link.js'

const PING_MS = 3000

export interface Hearer {
  /** With the message; with none when some may have been lost. */
  hear(message: string | undefined): void
}

/** Messages of channels, on one connection that is there as long as somebody listens. A lost one is no breach: who waits polls. */
export class Messages {
  readonly #link: Link
  readonly #hearers = new Map<string, Set<Hearer>>()
  #connection: Connection | undefined
  #stay: (() => void) | undefined
  #ping: NodeJS.Timeout | undefined

  constructor(link: Link) {
    this.#link = link
  }

  /** Resolves when the channel is heard; answers how to end that. Rejects with `UnavailableError`. */
  async listen(channel: string, hearer: Hearer): Promise<() => void> {
    const hearers = this.#hearers.get(channel)
    if (hearers !== undefined) hearers.add(hearer)
    else this.#hearers.set(channel, new Set([hearer]))
    const connection = this.#connect()
    try {
      await connection.up(this.#link.settings.timeout)
      // Again where it is subscribed already: that changes nothing, and then it is known to be.
      await connection.driver.subscribe(channel)
    } catch (error) {
      this.#leave(channel, hearer)
      throw this.#link.errorOf(error)
    }
    return () => this.#leave(channel, hearer)
  }

  close(): void {
    this.#hearers.clear()
    this.#disconnect()
  }

  #leave(channel: string, hearer: Hearer): void {
    const hearers = this.#hearers.get(channel)
    if (hearers === undefined || !hearers.delete(hearer) || hearers.size > 0) return
    this.#hearers.delete(channel)
    if (this.#hearers.size === 0) this.#disconnect()
    // If that fails the connection is lost, and the next one does not subscribe to it.
    else this.#connection?.driver.unsubscribe(channel).catch(() => this.#connection?.reset())
  }

  #connect(): Connection {
    if (this.#connection !== undefined) return this.#connection
    const connection = this.#link.connect('messages')
    this.#connection = connection
    this.#stay = this.#link.onMove(() => {
      this.#disconnect()
      if (this.#hearers.size > 0) this.#connect()
    })
    const { driver } = connection
    driver.on('ready', () => void this.#resume(connection))
    driver.on('message', (channel: string, message: string) => this.#tell(channel, message))
    this.#ping = setInterval(() => {
      // A dead link looks like a quiet one.
      if (driver.status === 'ready') driver.ping().catch(() => connection.reset())
    }, PING_MS)
    return connection
  }

  #disconnect(): void {
    clearInterval(this.#ping)
    this.#stay?.()
    this.#connection?.close()
    this.#connection = undefined
  }

  async #resume(connection: Connection): Promise<void> {
    const channels = [...this.#hearers.keys()]
    if (channels.length === 0) return
    try {
      await connection.driver.subscribe(...channels)
      for (const channel of channels) this.#tell(channel, undefined)
    } catch {
      connection.reset() // and then again
    }
  }

  #tell(channel: string, message: string | undefined): void {
    const hearers = this.#hearers.get(channel)
    for (const hearer of hearers ?? []) {
      queueMicrotask(() => {
        if (hearers?.has(hearer)) hearer.hear(message)
      })
    }
  }
}
