import { ClosedError } from '@avout/core'
import type { Lifetime } from './lifetime.js'
import type { Realm } from './realm.js'

/** How long after a failure it is tried again, in ms. */
const AGAIN = 250

/** Tells of changes of one node. Whoever is told reads a value that is at least as new. */
export class StateWatch {
  readonly #realm: Realm
  readonly #path: string
  readonly #lifetime: Lifetime
  readonly #listeners = new Set<{ readonly changed: () => void }>()
  #arming: Promise<void> | undefined
  #fired: (() => void) | undefined

  constructor(realm: Realm, path: string, lifetime: Lifetime) {
    this.#realm = realm
    this.#path = path
    this.#lifetime = lifetime
  }

  /** Resolves when it is watched. */
  async add(changed: () => void): Promise<AsyncDisposable> {
    const listener = { changed }
    this.#listeners.add(listener)
    const forget = this.#lifetime.onEnd(() => this.#delete(listener))
    try {
      await this.#arm()
    } catch (error) {
      forget()
      this.#delete(listener)
      throw error
    }
    return {
      [Symbol.asyncDispose]: async () => {
        forget()
        this.#delete(listener)
      },
    }
  }

  #delete(listener: { readonly changed: () => void }): void {
    this.#listeners.delete(listener)
    if (this.#listeners.size > 0 || this.#fired === undefined) return
    this.#realm.connection.unwatch(this.#path, this.#fired)
    this.#fired = undefined
  }

  async #arm(): Promise<void> {
    if (this.#fired !== undefined) return
    this.#arming ??= this.#watch().finally(() => {
      this.#arming = undefined
    })
    await this.#arming
  }

  async #watch(): Promise<void> {
    let fired = false
    const call = () => {
      fired = true
      if (this.#fired === call) this.#again()
    }
    await this.#realm.connection.exists(this.#path, call)
    this.#fired = call
    if (fired) this.#again()
  }

  /** Watches again, and only then tells: else a change between the two would be told to nobody. */
  #again(): void {
    this.#fired = undefined
    if (this.#listeners.size === 0) return
    this.#arm().then(
      () => this.#tell(),
      (error: unknown) => {
        if (ClosedError.isInstance(error)) return
        setTimeout(() => this.#again(), AGAIN).unref()
      },
    )
  }

  #tell(): void {
    for (const listener of this.#listeners) {
      // A microtask each: what one throws surfaces, and the others are called nevertheless.
      queueMicrotask(() => {
        if (this.#listeners.has(listener)) listener.changed()
      })
    }
  }
}
