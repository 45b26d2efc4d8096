import type { Counter } from '@avout/core/backend'
import { checkCount } from './check.js'
import * as codes from './drivers/codes.js'
import { errorOf } from './errors.js'
import type { Lifetime } from './lifetime.js'
import type { Realm } from './realm.js'

const ZERO = Buffer.from('0')
/** How much longer, at most, each attempt that failed lets others go first, in ms. */
const STEP = 2
const LONGEST = 50

/** What a node holds, as a session has seen it. */
interface Seen {
  readonly value: number
  readonly version: number
  /** In another session the version may fit by chance, after a rollback. */
  readonly epoch: number
}

interface Caller {
  readonly n: number
  readonly resolve: (value: number) => void
  readonly reject: (error: unknown) => void
}

/**
 * A number in the data of a node, raised by compare-and-set with the node's version. Who calls while one is under way shares the
 * next: so clients, not calls, compete.
 */
export class ZooKeeperCounter implements Counter {
  readonly #realm: Realm
  readonly #name: string
  readonly #path: string
  readonly #lifetime: Lifetime
  #callers: Caller[] = []
  #running = false
  /** What was last seen: right, unless another client counts too. */
  #last: Seen | undefined

  constructor(realm: Realm, name: string, lifetime: Lifetime) {
    this.#realm = realm
    this.#name = name
    this.#path = realm.at('counters', name)
    this.#lifetime = lifetime
  }

  async next(n = 1): Promise<number> {
    this.#lifetime.check()
    checkCount('n', n, 1)
    return new Promise((resolve, reject) => {
      this.#callers.push({ n, resolve, reject })
      if (!this.#running) this.#run().catch(reject)
    })
  }

  async current(): Promise<number> {
    this.#lifetime.check()
    await this.#realm.ready()
    const { code, data } = await this.#realm.read(this.#path)
    if (code !== codes.OK && code !== codes.NO_NODE) throw this.#error(code)
    return numberOf(data)
  }

  async #run(): Promise<void> {
    this.#running = true
    while (this.#callers.length > 0) {
      const callers = this.#callers
      this.#callers = []
      try {
        const sum = callers.reduce((total, { n }) => total + n, 0)
        let value = (await this.#raise(sum)) - sum
        for (const { n, resolve } of callers) {
          value += n
          resolve(value)
        }
      } catch (error) {
        for (const { reject } of callers) reject(error)
      }
    }
    this.#running = false
  }

  async #raise(by: number): Promise<number> {
    await this.#realm.ready()
    const { connection } = this.#realm
    for (let attempt = 0; ; attempt++) {
      const { value: last, version, epoch } = this.#last ?? (await this.#read())
      const value = last + by
      if (!Number.isSafeInteger(value)) throw new RangeError(`the counter "${this.#name}" is exhausted`)
      const { code, stat } = await connection.set(this.#path, Buffer.from(`${value}`), version, epoch)
      if (code === codes.OK && stat !== undefined) {
        this.#last = { value, version: stat.version, epoch }
        return value
      }
      this.#last = undefined
      const changed = code === codes.BAD_VERSION || code === codes.NO_NODE || code === codes.NOT_SENT
      if (!changed) throw this.#error(code)
      await pause(Math.random() * Math.min(LONGEST, attempt * STEP))
    }
  }

  async #read(): Promise<Seen> {
    const { connection } = this.#realm
    for (;;) {
      const { code, data, stat } = await connection.get(this.#path)
      if (code === codes.OK && stat !== undefined) {
        return { value: numberOf(data), version: stat.version, epoch: connection.epoch }
      }
      if (code !== codes.NO_NODE) throw this.#error(code)
      const made = await connection.create(this.#path, ZERO)
      if (made.code !== codes.OK && made.code !== codes.NODE_EXISTS) throw this.#error(made.code)
      if (made.code === codes.OK) await connection.protect(this.#path)
    }
  }

  #error(code: number): Error {
    return errorOf(code, `count "${this.#name}"`, this.#realm.connection.where)
  }
}

const numberOf = (data: Uint8Array | undefined): number =>
  data === undefined || data.length === 0 ? 0 : Number(Buffer.from(data).toString())

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
