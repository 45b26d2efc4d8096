import { ClosedError } from '@avout/core'
import type { Connection } from './connection.js'
import * as codes from './drivers/codes.js'
import type { Lifetime } from './lifetime.js'
import type { Place } from './place.js'
import type { Segments } from './segments.js'

/** How long news are gathered before the next is waited for, in ms. */
const PAUSE = 2
/** How long after a failure it is tried again, in ms. */
const AGAIN = 250

/** Wakes whoever wants to hear of new entries: one watch a session, on the place where the next entry will be. */
export class Pushes {
  readonly #connection: Connection
  readonly #segments: Segments
  readonly #place: Place
  readonly #lifetime: Lifetime
  readonly #wakes = new Set<{ readonly wake: () => void }>()
  #running: { ended: boolean; stop: () => void } | undefined

  constructor(connection: Connection, segments: Segments, place: Place, lifetime: Lifetime) {
    this.#connection = connection
    this.#segments = segments
    this.#place = place
    this.#lifetime = lifetime
  }

  /** Resolves when it is watched. */
  async add(wake: () => void): Promise<AsyncDisposable> {
    const entry = { wake }
    this.#wakes.add(entry)
    const forget = this.#lifetime.onEnd(() => this.#delete(entry))
    try {
      if (this.#running === undefined) await this.#start()
    } catch (error) {
      forget()
      this.#delete(entry)
      throw error
    }
    return {
      [Symbol.asyncDispose]: async () => {
        forget()
        this.#delete(entry)
      },
    }
  }

  #delete(entry: { readonly wake: () => void }): void {
    this.#wakes.delete(entry)
    if (this.#wakes.size > 0 || this.#running === undefined) return
    this.#running.ended = true
    this.#running.stop()
    this.#running = undefined
  }

  async #start(): Promise<void> {
    const running = { ended: false, stop: () => {} }
    this.#running = running
    await this.#place.tail()
    const watched = await this.#arm(running)
    this.#run(running, watched).catch((error: unknown) => this.#surface(error))
  }

  /** Watches the next place. Answers a promise of news in it. */
  async #arm(running: { ended: boolean; stop: () => void }): Promise<{ news: Promise<void> }> {
    let fired = () => {}
    const news = new Promise<void>((resolve) => {
      fired = resolve
    })
    running.stop = fired
    const position = this.#place.known + 1
    const { code } = await this.#connection.exists(this.#segments.entryOf(position), fired)
    if (code === codes.OK) {
      // There already: then there may be many more.
      this.#place.seen(position)
      await this.#place.tail()
      fired()
    }
    return { news }
  }

  async #run(running: { ended: boolean; stop: () => void }, first: { news: Promise<void> }): Promise<void> {
    let watched: { news: Promise<void> } | undefined = first
    while (!running.ended) {
      await watched?.news
      if (running.ended) return
      this.#wake()
      await pause(watched === undefined ? AGAIN : PAUSE)
      if (running.ended) return
      watched = await this.#tryToArm(running)
    }
  }

  /** Undefined where it fails: who waits polls too, and it is tried again. */
  async #tryToArm(running: { ended: boolean; stop: () => void }): Promise<{ news: Promise<void> } | undefined> {
    try {
      return await this.#arm(running)
    } catch (error) {
      if (ClosedError.isInstance(error)) running.ended = true
      return undefined
    }
  }

  #wake(): void {
    for (const entry of this.#wakes) {
      // A microtask each: what one throws surfaces, and the others are called nevertheless.
      queueMicrotask(() => {
        if (this.#wakes.has(entry)) entry.wake()
      })
    }
  }

  #surface(error: unknown): void {
    queueMicrotask(() => {
      throw error
    })
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref()
  })
}
