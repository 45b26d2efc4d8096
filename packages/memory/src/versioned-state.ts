import type { At, Data, Stored, VersionedStateContainer, VersionedStates } from '@avout/core/backend'
import { checkData, checkName, checkString } from './check.js'
import type { Lifetime } from './lifetime.js'
import type { VersionTable } from './version-table.js'

/** A session's view of a realm's versioned values. They are kept as they are handed over, not copied: data is immutable. */
export class MemoryVersions implements VersionedStates {
  readonly #data: VersionTable
  readonly #lifetime: Lifetime

  constructor(data: VersionTable, lifetime: Lifetime) {
    this.#data = data
    this.#lifetime = lifetime
  }

  container(ref: string): VersionedStateContainer {
    this.#lifetime.check()
    checkName('ref', ref)
    return {
      initVersionedStateContainer: async () => this.#lifetime.check(),
      destroyVersionedStateContainer: async () => {
        this.#lifetime.check()
        this.#data.deleteAll(ref)
      },
      getStateAt: async (version) => {
        this.#lifetime.check()
        return this.#get(ref, version)
      },
      setStateAt: async (value, version) => {
        this.#lifetime.check()
        return store(this.#data, { ref, version, value })
      },
      deleteStateAt: async (version) => {
        this.#lifetime.check()
        this.#delete(ref, version)
      },
    }
  }

  async getMany(keys: readonly At[]): Promise<readonly (Data | undefined)[]> {
    this.#lifetime.check()
    return keys.map(({ ref, version }) => this.#get(ref, version))
  }

  async setMany(entries: readonly Stored[]): Promise<readonly boolean[]> {
    this.#lifetime.check()
    return storeAll(this.#data, entries)
  }

  async deleteMany(keys: readonly At[]): Promise<void> {
    this.#lifetime.check()
    for (const { ref, version } of keys) this.#delete(ref, version)
  }

  #get(ref: string, version: string): Data | undefined {
    checkString('version', version)
    return this.#data.get(ref, version)
  }

  #delete(ref: string, version: string): void {
    checkString('version', version)
    this.#data.delete(ref, version)
  }
}

/** Stores each where its version is free; answers which were. */
export function storeAll(data: VersionTable, entries: readonly Stored[]): boolean[] {
  return entries.map((entry) => store(data, entry))
}

function store(data: VersionTable, { ref, version, value }: Stored): boolean {
  checkName('ref', ref)
  checkString('version', version)
  checkData('value', value)
  return data.add(ref, version, value)
}
