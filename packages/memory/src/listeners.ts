import type { Lifetime } from './lifetime.js'

/**
 * Who wants to hear of a change. They are called soon, never within the call that changed something: a listener may call back
 * into the store.
 */
export class Listeners {
  readonly #listeners = new Set<{ readonly call: () => void }>()
  #announced = false

  add(call: () => void, lifetime: Lifetime): AsyncDisposable {
    const listener = { call }
    this.#listeners.add(listener)
    const forget = lifetime.onEnd(() => this.#listeners.delete(listener))
    return {
      [Symbol.asyncDispose]: async () => {
        forget()
        this.#listeners.delete(listener)
      },
    }
  }

  /** Changes of one step share a call. */
  announce(): void {
    if (this.#announced || this.#listeners.size === 0) return
    this.#announced = true
    queueMicrotask(() => {
      this.#announced = false
      // A microtask each: what one listener throws surfaces, and the others are called nevertheless.
      for (const listener of this.#listeners) {
        queueMicrotask(() => {
          if (this.#listeners.has(listener)) listener.call()
        })
      }
    })
  }
}
