import type { Counter } from '@avout/core/backend'
import { checkCount } from './check.js'
import type { Realm } from './realm.js'

/** A field of the realm's hash of counters; one that is not there stands at 0. */
export class RedisCounter implements Counter {
  readonly #realm: Realm
  readonly #name: string

  constructor(realm: Realm, name: string) {
    this.#realm = realm
    this.#name = name
  }

  async next(n = 1): Promise<number> {
    const { lifetime, link, keys } = this.#realm
    lifetime.check()
    checkCount('n', n, 1)
    const value = await link.call((driver) => driver.avoutNext(keys.counters, this.#name, n))
    if (value === null) throw new RangeError(`the counter "${this.#name}" is exhausted`)
    return Number(value)
  }

  async current(): Promise<number> {
    const { lifetime, link, keys } = this.#realm
    lifetime.check()
    return Number(await link.call((driver) => driver.avoutCount(keys.counters, this.#name)))
  }
}
