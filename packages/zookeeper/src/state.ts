import type { Data, StateContainer } from '@avout/core/backend'
import { checkData, checkFunction } from './check.js'
import * as codes from './drivers/codes.js'
import { equal } from './equal.js'
import { errorOf } from './errors.js'
import type { Lifetime } from './lifetime.js'
import type { Realm } from './realm.js'
import { StateWatch } from './state-watch.js'
import { parse, textOf } from './text.js'

const NOTHING = Buffer.alloc(0)

interface Found {
  readonly value: Data | undefined
  /** Of the node; undefined where there is none. */
  readonly version: number | undefined
  /** The session that has seen it: in another one the version may fit by chance, after a rollback. */
  readonly epoch: number
}

/**
 * A value as JSON in the data of a node. The node stays once it was made, empty where the value is absent: one that was made again
 * would count its changes anew, and a compare-and-set could take a new value for an old one.
 */
export class ZooKeeperState implements StateContainer {
  readonly #realm: Realm
  readonly #path: string
  readonly #lifetime: Lifetime
  readonly #watch: StateWatch

  constructor(realm: Realm, name: string, lifetime: Lifetime) {
    this.#realm = realm
    this.#path = realm.at('states', name)
    this.#lifetime = lifetime
    this.#watch = new StateWatch(realm, this.#path, lifetime)
  }

  async initStateContainer(): Promise<void> {
    this.#lifetime.check()
    await this.#realm.ready()
  }

  async destroyStateContainer(): Promise<void> {
    this.#lifetime.check()
    await this.#realm.ready()
    const { code } = await this.#realm.connection.set(this.#path, NOTHING, -1)
    if (code !== codes.OK && code !== codes.NO_NODE) throw this.#error(code)
  }

  async getState(): Promise<Data | undefined> {
    this.#lifetime.check()
    await this.#realm.ready()
    return this.#found(await this.#realm.read(this.#path)).value
  }

  async setState(value: Data): Promise<void> {
    this.#lifetime.check()
    checkData('value', value)
    const data = textOf(value)
    await this.#realm.ready()
    for (;;) {
      const { code } = await this.#realm.connection.set(this.#path, data, -1)
      if (code === codes.OK || (code === codes.NO_NODE && (await this.#make(data)))) return
      if (code !== codes.NO_NODE) throw this.#error(code)
    }
  }

  async compareAndSetState(expected: Data | undefined, value: Data): Promise<boolean> {
    this.#lifetime.check()
    checkData('value', value)
    const data = textOf(value)
    await this.#realm.ready()
    // Right even if it is old: then the version does not fit. Only a "no" needs to be looked at twice.
    let found = this.#found(await this.#realm.connection.get(this.#path))
    let current = false
    for (;;) {
      if (matches(expected, found.value)) {
        if (await this.#replace(found, data)) return true
      } else if (current) return false
      found = this.#found(await this.#realm.read(this.#path))
      current = true
    }
  }

  async watchState(changed: () => void): Promise<AsyncDisposable> {
    this.#lifetime.check()
    checkFunction('changed', changed)
    await this.#realm.ready()
    return this.#watch.add(changed)
  }

  async #replace({ version, epoch }: Found, data: Buffer): Promise<boolean> {
    if (version === undefined) return this.#make(data)
    const { code } = await this.#realm.connection.set(this.#path, data, version, epoch)
    if (code === codes.OK) return true
    if (code === codes.BAD_VERSION || code === codes.NO_NODE || code === codes.NOT_SENT) return false
    throw this.#error(code)
  }

  /** False where another was faster. */
  async #make(data: Buffer): Promise<boolean> {
    const { code } = await this.#realm.connection.create(this.#path, data)
    if (code === codes.OK) await this.#realm.connection.protect(this.#path)
    else if (code !== codes.NODE_EXISTS) throw this.#error(code)
    return code === codes.OK
  }

  #found({ code, data, stat }: Awaited<ReturnType<Realm['read']>>): Found {
    const { epoch } = this.#realm.connection
    if (code === codes.NO_NODE) return { value: undefined, version: undefined, epoch }
    if (code !== codes.OK || data === undefined) throw this.#error(code)
    return { value: data.length === 0 ? undefined : parse(data), version: stat?.version, epoch }
  }

  #error(code: number): Error {
    return errorOf(code, 'read or write a state', this.#realm.connection.where)
  }
}

const matches = (expected: Data | undefined, found: Data | undefined): boolean =>
  expected === undefined || found === undefined ? expected === found : equal(expected, found)
