import type { Counter } from '@avout/core/backend'
import { checkCount } from './check.js'
import type { Lifetime } from './lifetime.js'

/** The counters of one realm by name; one that is not there stands at 0. */
export type CounterData = Map<string, number>

export class MemoryCounter implements Counter {
  readonly #data: CounterData
  readonly #name: string
  readonly #lifetime: Lifetime

  constructor(data: CounterData, name: string, lifetime: Lifetime) {
    this.#data = data
    this.#name = name
    this.#lifetime = lifetime
  }

  async next(n = 1): Promise<number> {
    this.#lifetime.check()
    checkCount('n', n, 1)
    const value = (this.#data.get(this.#name) ?? 0) + n
    if (!Number.isSafeInteger(value)) throw new RangeError(`the counter "${this.#name}" is exhausted`)
    this.#data.set(this.#name, value)
    return value
  }

  async current(): Promise<number> {
    this.#lifetime.check()
    return this.#data.get(this.#name) ?? 0
  }
}
