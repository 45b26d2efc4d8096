import type { Backend, Primitives } from '@avout/core/backend'
import { checkName } from './check.js'
import { type CounterData, MemoryCounter } from './counter.js'
import { Lifetime } from './lifetime.js'
import { MemoryLock } from './lock.js'
import { LockData } from './lock-data.js'
import { LogData, MemoryLog } from './log.js'
import { MemoryState, StateData } from './state.js'
import { VersionTable } from './version-table.js'
import { MemoryVersions } from './versioned-state.js'

export interface MemoryOptions {
  /** Its name in the log, for who has several stores in memory. `'memory'` if absent. */
  readonly id?: string | undefined
}

/** All that is kept for one realm. */
class Realm {
  readonly log = new LogData()
  readonly counters: CounterData = new Map()
  readonly locks = new Map<string, LockData>()
  readonly versions = new VersionTable()
  readonly states = new Map<string, StateData>()
}

function ofName<T>(map: Map<string, T>, name: string, make: () => T): T {
  let found = map.get(name)
  if (found === undefined) {
    found = make()
    map.set(name, found)
  }
  return found
}

/**
 * A store in the memory of this process, with every primitive. The object is the store: clients that are given the same one
 * share what it holds, each realm apart; it lasts as long as the object does, also after its last session was closed, and no
 * longer than the process.
 */
export function memory(options: MemoryOptions = {}): Backend<keyof Primitives> {
  const { id = 'memory' } = options
  checkName('id', id)
  const realms = new Map<string, Realm>()
  return {
    specificationVersion: 1,
    id,
    open: async ({ realm: realmName, clock }) => {
      checkName('realm', realmName)
      const realm = ofName(realms, realmName, () => new Realm())
      const lifetime = new Lifetime()
      return {
        log: new MemoryLog(realm.log, realm.versions, lifetime),
        counter: (name) => {
          checkName('name', name)
          return new MemoryCounter(realm.counters, name, lifetime)
        },
        lock: (name) => {
          checkName('name', name)
          return new MemoryLock(
            ofName(realm.locks, name, () => new LockData(name)),
            lifetime,
            clock,
          )
        },
        versions: new MemoryVersions(realm.versions, lifetime),
        state: (name) => {
          checkName('name', name)
          return new MemoryState(
            ofName(realm.states, name, () => new StateData()),
            lifetime,
          )
        },
        ping: async () => lifetime.check(),
        close: async () => lifetime.end(),
      }
    },
  }
}
