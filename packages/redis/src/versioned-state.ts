import type { At, Data, Head, Stored, VersionedStateContainer, VersionedStates } from '@avout/core/backend'
import { checkCount, checkData, checkName, checkString } from './check.js'
import { fromText, toText } from './json.js'
import type { Realm } from './realm.js'

/** What one script takes at most: others want to be served in between. */
const ENTRIES = 1000
const CHARACTERS = 8 << 20

/** Values of refs: a hash each, version to JSON; and a view of what refs are now, a key each. */
export class RedisVersions implements VersionedStates {
  readonly #realm: Realm

  constructor(realm: Realm) {
    this.#realm = realm
  }

  /** Throws for JSON of more than 512 MB. */
  check(value: Data): void {
    checkData('value', value)
    toText(value)
  }

  container(ref: string): VersionedStateContainer {
    this.#realm.lifetime.check()
    checkName('ref', ref)
    return {
      initVersionedStateContainer: async () => this.#realm.lifetime.check(),
      destroyVersionedStateContainer: () => this.#destroy(ref),
      getStateAt: async (version) => (await this.getMany([{ ref, version }]))[0],
      setStateAt: async (value, version) => (await this.setMany([{ ref, version, value }]))[0] as boolean,
      deleteStateAt: (version) => this.deleteMany([{ ref, version }]),
    }
  }

  async getMany(keys: readonly At[]): Promise<readonly (Data | undefined)[]> {
    const { lifetime, link, keys: names } = this.#realm
    lifetime.check()
    for (const key of keys) checkAt(key)
    const texts = await Promise.all(
      batches(keys, () => 0).map((batch) =>
        link.call((driver) =>
          driver.avoutGet(
            batch.length + 1,
            names.head,
            ...batch.map(({ ref }) => names.versions(ref)),
            ...batch.map(({ version }) => version),
          ),
        ),
      ),
    )
    return texts.flat().map((text) => (text === null ? undefined : fromText(text)))
  }

  async setMany(entries: readonly Stored[]): Promise<readonly boolean[]> {
    const { lifetime, link, keys: names } = this.#realm
    lifetime.check()
    const texts = entries.map((entry) => {
      checkAt(entry)
      checkData('value', entry.value)
      return { ref: entry.ref, version: entry.version, text: toText(entry.value) }
    })
    const won = await Promise.all(
      batches(texts, ({ text }) => text.length).map((batch) =>
        link.call((driver) =>
          driver.avoutPut(
            batch.length,
            ...batch.map(({ ref }) => names.versions(ref)),
            ...batch.flatMap(({ version, text }) => [version, text]),
          ),
        ),
      ),
    )
    return won.flat().map((one) => one === 1)
  }

  async deleteMany(keys: readonly At[]): Promise<void> {
    const { lifetime, link, keys: names } = this.#realm
    lifetime.check()
    for (const key of keys) checkAt(key)
    await Promise.all(
      batches(keys, () => 0).map((batch) =>
        link.call((driver) =>
          driver.avoutRemove(
            batch.length,
            ...batch.map(({ ref }) => names.versions(ref)),
            ...batch.map(({ version }) => version),
          ),
        ),
      ),
    )
  }

  async setCurrent(heads: readonly Head[]): Promise<void> {
    const { lifetime, link, keys: names } = this.#realm
    lifetime.check()
    const texts = heads.map(({ ref, position, value }) => {
      checkName('ref', ref)
      checkCount('position', position, 1)
      return { ref, position, text: value === undefined ? '' : toText(value) }
    })
    await Promise.all(
      batches(texts, ({ text }) => text.length).map((batch) =>
        link.call((driver) =>
          driver.avoutShow(
            batch.length + 1,
            names.positions,
            ...batch.map(({ ref }) => names.now(ref)),
            ...batch.flatMap(({ ref, position, text }) => [ref, position, text]),
          ),
        ),
      ),
    )
  }

  /** Freed in the background: a ref may have many versions. What the view shows of it goes too. */
  async #destroy(ref: string): Promise<void> {
    const { lifetime, link, keys } = this.#realm
    lifetime.check()
    await link.call((driver) => driver.unlink(keys.versions(ref), keys.now(ref)))
  }
}

function checkAt({ ref, version }: At): void {
  checkName('ref', ref)
  checkString('version', version)
}

/** In order. All are sent at once, so that many take one round trip too. */
function batches<T>(items: readonly T[], sizeOf: (item: T) => number): T[][] {
  const all: T[][] = []
  let batch: T[] = []
  let size = 0
  for (const item of items) {
    if (batch.length === ENTRIES || (batch.length > 0 && size + sizeOf(item) > CHARACTERS)) {
      all.push(batch)
      batch = []
      size = 0
    }
    batch.push(item)
    size += sizeOf(item)
  }
  if (batch.length > 0) all.push(batch)
  return all
}
