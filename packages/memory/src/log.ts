import { LogDivergedError } from '@avout/core'
import type { Appended, Entry, Log, Stored } from '@avout/core/backend'
import { checkBytes, checkCount, checkFunction } from './check.js'
import type { Lifetime } from './lifetime.js'
import { Listeners } from './listeners.js'
import type { VersionTable } from './version-table.js'
import { storeAll } from './versioned-state.js'

const NONE: readonly Entry[] = Object.freeze([])

/** The log of one realm: an array, and the position of its first entry. */
export class LogData {
  entries: Entry[] = []
  floor = 1
  readonly listeners = new Listeners()

  get tail(): number {
    return this.floor - 1 + this.entries.length
  }

  behind(after: number, limit: number): readonly Entry[] {
    const from = Math.max(0, after - this.floor + 1)
    return from >= this.entries.length ? NONE : this.entries.slice(from, from + limit)
  }
}

/**
 * A session's view of a realm's log. Every call is one synchronous step, so the order of calls is the order of the log. The
 * bytes of a record are kept as they are handed over, not copied: who appends gives them away.
 */
export class MemoryLog implements Log {
  readonly #data: LogData
  readonly #values: VersionTable
  readonly #lifetime: Lifetime

  constructor(data: LogData, values: VersionTable, lifetime: Lifetime) {
    this.#data = data
    this.#values = values
    this.#lifetime = lifetime
  }

  async append(record: Uint8Array, after: number): Promise<Appended> {
    this.#admit(record, after)
    return this.#add(record, after)
  }

  /** The values before the record: one that is refused must not leave the record behind. */
  async appendWith(record: Uint8Array, after: number, values: readonly Stored[]): Promise<Appended> {
    this.#admit(record, after)
    storeAll(this.#values, values)
    return this.#add(record, after)
  }

  #admit(record: Uint8Array, after: number): void {
    this.#lifetime.check()
    checkBytes('record', record)
    checkCount('after', after, 0)
    const { tail } = this.#data
    if (after > tail) throw new LogDivergedError(`the log ends at ${tail}, but its caller has seen entry ${after}`)
  }

  #add(record: Uint8Array, after: number): Appended {
    const data = this.#data
    const { tail } = data
    const position = tail + 1
    const missed = after === tail ? NONE : data.behind(after, tail)
    data.entries.push({ position, record })
    data.listeners.announce()
    return { position, missed }
  }

  async read(after: number, limit: number): Promise<readonly Entry[]> {
    this.#lifetime.check()
    checkCount('after', after, 0)
    checkCount('limit', limit, 1)
    return this.#data.behind(after, limit)
  }

  async tail(): Promise<number> {
    this.#lifetime.check()
    return this.#data.tail
  }

  async floor(): Promise<number> {
    this.#lifetime.check()
    return this.#data.floor
  }

  async subscribe(wake: () => void): Promise<AsyncDisposable> {
    this.#lifetime.check()
    checkFunction('wake', wake)
    return this.#data.listeners.add(wake, this.#lifetime)
  }

  async trim(below: number): Promise<void> {
    this.#lifetime.check()
    checkCount('below', below, 1)
    const data = this.#data
    const deleted = Math.min(below, data.tail) - data.floor
    if (deleted <= 0) return
    data.floor += deleted
    data.entries = data.entries.slice(deleted)
  }
}
