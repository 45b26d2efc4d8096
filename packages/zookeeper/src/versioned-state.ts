import type { At, Data, Head, Stored, VersionedStateContainer, VersionedStates } from '@avout/core/backend'
import { checkName } from './check.js'
import { CurrentView } from './current.js'
import * as codes from './drivers/codes.js'
import type { Create, Reply } from './drivers/driver.js'
import { errorOf } from './errors.js'
import { inTurn } from './in-turn.js'
import type { Lifetime } from './lifetime.js'
import { MOST } from './limits.js'
import type { Realm } from './realm.js'
import { checkSize, parse } from './text.js'
import { type Value, ValueWriter } from './values.js'

const AT_ONCE = 256

/**
 * A realm's versioned values: a node for each version under its ref's node, as JSON; the data of the ref's node is what it is now.
 * Making a node fails where it is, so the first write wins.
 */
export class ZooKeeperVersions implements VersionedStates {
  readonly maxBytes = MOST
  readonly behind?: number
  readonly #realm: Realm
  readonly #lifetime: Lifetime
  readonly #writer: ValueWriter
  readonly #current: CurrentView
  /** What is being read: who wants the same joins. */
  readonly #reading = new Map<string, Promise<Data | undefined>>()

  constructor(realm: Realm, lifetime: Lifetime, behind: number) {
    this.#realm = realm
    this.#lifetime = lifetime
    this.#writer = new ValueWriter(realm)
    this.#current = new CurrentView(realm, this.#writer)
    // A request for each value: more than a commit should wait for.
    if (!realm.connection.hasMulti) this.behind = behind
  }

  check(value: Data): void {
    checkSize(value)
  }

  container(ref: string): VersionedStateContainer {
    this.#lifetime.check()
    checkName('ref', ref)
    const path = this.#writer.nodeOf(ref).path
    return {
      initVersionedStateContainer: async () => {
        this.#lifetime.check()
        await this.#realm.ready()
        await this.#writer.makeNode(this.#writer.nodeOf(ref))
      },
      destroyVersionedStateContainer: async () => {
        this.#lifetime.check()
        await this.#realm.ready()
        await this.#realm.pass()
        const { children = [] } = await this.#realm.connection.children(path)
        await inTurn(children, AT_ONCE, (child) => this.#remove(`${path}/${child}`))
      },
      getStateAt: async (version) => (await this.getMany([{ ref, version }]))[0],
      setStateAt: async (value, version) => (await this.setMany([{ ref, version, value }]))[0] === true,
      deleteStateAt: (version) => this.deleteMany([{ ref, version }]),
    }
  }

  async getMany(keys: readonly At[]): Promise<readonly (Data | undefined)[]> {
    this.#lifetime.check()
    await this.#realm.ready()
    const paths = keys.map(({ ref, version }) => this.#writer.pathOf(ref, version))
    const values = await inTurn(paths, AT_ONCE, (path) => this.#get(path))
    const absent = values.flatMap((value, i) => (value === undefined ? [i] : []))
    if (absent.length === 0) return values
    // Looked for again behind one write for all of them: one for each would keep everybody waiting.
    const found = await this.#realm.current(() => inTurn(absent, AT_ONCE, (i) => this.#read(paths[i] ?? '')))
    for (const [nth, i] of absent.entries()) values[i] = found[nth]
    return values
  }

  async setMany(entries: readonly Stored[]): Promise<readonly boolean[]> {
    this.#lifetime.check()
    return entries.length === 0 ? [] : this.#writer.store(this.#writer.prepare(entries))
  }

  async deleteMany(keys: readonly At[]): Promise<void> {
    this.#lifetime.check()
    await this.#realm.ready()
    await inTurn(keys, AT_ONCE, ({ ref, version }) => this.#remove(this.#writer.pathOf(ref, version)))
  }

  async setCurrent(heads: readonly Head[]): Promise<void> {
    this.#lifetime.check()
    await this.#current.show(heads)
  }

  /** For the log: values on their way to their nodes, and the writing of them beside something else. */
  prepare(values: readonly Stored[]): Value[] {
    return this.#writer.prepare(values)
  }

  store(values: readonly Value[]): Promise<boolean[]> {
    return this.#writer.store(values)
  }

  storeWith(
    first: Create,
    values: readonly Value[],
    epoch: number,
  ): Promise<[PromiseSettledResult<Reply>, PromiseSettledResult<unknown>]> {
    return this.#writer.storeWith(first, values, epoch)
  }

  /** Values never change, so it does not matter when it is read, or from which server; only one that has none may lag behind. */
  #get(path: string): Promise<Data | undefined> {
    let reading = this.#reading.get(path)
    if (reading === undefined) {
      reading = this.#read(path).finally(() => this.#forget(path, reading))
      this.#reading.set(path, reading)
    }
    return reading
  }

  #forget(path: string, reading: Promise<Data | undefined> | undefined): void {
    if (this.#reading.get(path) === reading) this.#reading.delete(path)
  }

  async #read(path: string): Promise<Data | undefined> {
    const { code, data } = await this.#realm.connection.get(path)
    if (code === codes.NO_NODE) return undefined
    if (code !== codes.OK || data === undefined) throw errorOf(code, 'read a value', this.#realm.connection.where)
    return parse(data)
  }

  async #remove(path: string): Promise<void> {
    this.#reading.delete(path)
    const { code } = await this.#realm.connection.remove(path)
    this.#reading.delete(path)
    if (code !== codes.OK && code !== codes.NO_NODE) {
      throw errorOf(code, 'delete a value', this.#realm.connection.where)
    }
  }
}
