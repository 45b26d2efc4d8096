import { ClosedError, LockLostError } from '@avout/core'
import type { Clock, Lease, Lock, Waiter } from '@avout/core/backend'
import { checkName } from './check.js'
import * as codes from './drivers/codes.js'
import { madeAt } from './drivers/driver.js'
import { errorOf } from './errors.js'
import type { Lifetime } from './lifetime.js'
import { entryDataOf, LockEntry } from './lock-entry.js'
import { Hold } from './lock-hold.js'
import { type Kind, type Mode, placesOf } from './lock-queue.js'
import { turnOf } from './lock-turn.js'
import type { Realm } from './realm.js'

interface Waiting {
  readonly resolve: (lease: Lease) => void
  readonly reject: (reason: unknown) => void
}

/** An owner's wait for the lock. Who asks for no more joins it. */
interface Attempt {
  readonly owner: string
  readonly mode: Mode
  readonly waiting: Set<Waiting>
  readonly stop: AbortController
  entry?: LockEntry | undefined
  /** Resolves when it has left no trace. */
  ended: Promise<unknown>
}

/** A session's view of a lock: who holds it or waits for it here. The queue is in the children of the lock's node. */
export class ZooKeeperLock implements Lock {
  readonly #realm: Realm
  readonly #name: string
  readonly #path: string
  readonly #lifetime: Lifetime
  readonly #clock: Clock
  readonly #holds = new Set<Hold>()
  readonly #attempts = new Set<Attempt>()
  /** Reads that were given back while their owner's upgrade needs their place in the queue. */
  readonly #kept = new Map<string, LockEntry[]>()

  constructor(realm: Realm, name: string, lifetime: Lifetime, clock: Clock) {
    this.#realm = realm
    this.#name = name
    this.#path = realm.at('locks', name)
    this.#lifetime = lifetime
    this.#clock = clock
  }

  async acquire(mode: Mode, options: { lease: number; owner: string; signal?: AbortSignal }): Promise<Lease> {
    this.#lifetime.check()
    const { lease, owner, signal } = options
    if (mode !== 'read' && mode !== 'write') throw new TypeError(`mode must be 'read' or 'write', not ${String(mode)}`)
    if (!(lease > 0) || !Number.isFinite(lease)) throw new TypeError(`lease must be milliseconds, not ${String(lease)}`)
    checkName('owner', owner)
    signal?.throwIfAborted()
    for (const hold of this.#holds) if (hold.covers(owner, mode)) return hold.enter()
    return this.#wait(this.#attemptOf(mode, owner, lease), signal)
  }

  async queue(): Promise<readonly Waiter[]> {
    this.#lifetime.check()
    await this.#realm.ready()
    await this.#realm.pass()
    const { code, children = [] } = await this.#realm.connection.children(this.#path)
    if (code === codes.NO_NODE) return []
    if (code !== codes.OK) throw errorOf(code, 'read the queue of a lock', this.#realm.connection.where)
    const found = await Promise.all(
      placesOf(children).map(({ name }) => this.#realm.connection.get(`${this.#path}/${name}`)),
    )
    const waiters = found.flatMap(({ code, data, stat }) => {
      if (code !== codes.OK || stat === undefined) return [] // gone meanwhile
      const { owner, token } = entryDataOf(data)
      return [{ owner, token, holds: token > 0, since: madeAt(stat) }]
    })
    return [...waiters.filter(({ holds }) => holds), ...waiters.filter(({ holds }) => !holds)]
  }

  /** Its session ends: who holds it is told, then it is given back; who waits is told too. */
  async close(): Promise<void> {
    const reason = new ClosedError('closed while waiting for a lock')
    for (const attempt of this.#attempts) this.#fail(attempt, reason)
    const holds = [...this.#holds]
    for (const hold of holds) hold.lose()
    const kept = [...this.#kept.values()].flat()
    this.#kept.clear()
    await Promise.allSettled([
      ...holds.map(({ entry }) => entry.remove()),
      ...kept.map((entry) => entry.remove()),
      ...Array.from(this.#attempts, ({ ended }) => ended),
    ])
  }

  #wait(attempt: Attempt, signal: AbortSignal | undefined): Promise<Lease> {
    return new Promise((resolve, reject) => {
      const settled = new AbortController()
      const waiting: Waiting = {
        resolve: (lease) => {
          settled.abort()
          resolve(lease)
        },
        reject: (reason) => {
          settled.abort()
          reject(reason)
        },
      }
      attempt.waiting.add(waiting)
      const cancel = () => {
        if (!attempt.waiting.delete(waiting)) return
        if (attempt.waiting.size > 0) return waiting.reject(signal?.reason)
        attempt.stop.abort()
        // It has left the queue before it says so, if the store can be reached.
        attempt.ended.then(() => waiting.reject(signal?.reason), reject)
      }
      signal?.addEventListener('abort', cancel, { once: true, signal: settled.signal })
    })
  }

  #attemptOf(mode: Mode, owner: string, lease: number): Attempt {
    for (const attempt of this.#attempts) {
      const joins = attempt.owner === owner && (attempt.mode === 'write' || mode === 'read')
      if (joins && !attempt.stop.signal.aborted) return attempt
    }
    const attempt: Attempt = {
      owner,
      mode,
      waiting: new Set(),
      stop: new AbortController(),
      ended: Promise.resolve(),
    }
    this.#attempts.add(attempt)
    attempt.ended = this.#run(attempt, lease).then(
      () => this.#attempts.delete(attempt),
      (error: unknown) => this.#fail(attempt, error),
    )
    return attempt
  }

  #fail(attempt: Attempt, reason: unknown): void {
    this.#attempts.delete(attempt)
    attempt.stop.abort()
    for (const { reject } of attempt.waiting) reject(reason)
    attempt.waiting.clear()
  }

  async #run(attempt: Attempt, lease: number): Promise<void> {
    const { owner, mode, stop } = attempt
    await this.#realm.ready()
    // Again at the end of the queue where others have deleted it: this process stood still.
    while (!stop.signal.aborted) {
      const read = this.#readOf(owner)
      const kind: Kind = mode === 'write' && read !== undefined ? 'upgrade' : mode
      const entry = await LockEntry.make(this.#realm, this.#clock, this.#path, kind, owner, lease)
      attempt.entry = entry
      try {
        const ends = [stop.signal, entry.ended, ...(kind === 'upgrade' && read !== undefined ? [read.entry.ended] : [])]
        const granted = await this.#turn(attempt, entry, AbortSignal.any(ends))
        if (kind === 'upgrade' && read?.entry.ended.aborted) throw this.#readLost()
        if (granted && attempt.waiting.size > 0) {
          this.#grant(attempt, entry, kind === 'upgrade' ? read : undefined)
          return
        }
        await this.#leave(owner, entry)
      } catch (error) {
        await Promise.allSettled([this.#leave(owner, entry)])
        throw error
      } finally {
        attempt.entry = undefined
      }
    }
  }

  /** Whether the entry has got the lock, with its token. */
  async #turn(attempt: Attempt, entry: LockEntry, stop: AbortSignal): Promise<boolean> {
    const own = () => this.#namesOf(attempt.owner, entry)
    if (!(await turnOf(this.#realm, this.#clock, this.#path, entry, own, stop))) return false
    // Counted by the server for each grant, after the one before was given back: so it only grows.
    const { code, stat } = await this.#realm.connection.touch(this.#path)
    if (code !== codes.OK || stat === undefined) throw errorOf(code, 'take a lock', this.#realm.connection.where)
    return (await entry.grant(stat.version)) && !stop.aborted
  }

  #grant(attempt: Attempt, entry: LockEntry, read: Hold | undefined): void {
    const hold = new Hold(this.#name, attempt.owner, attempt.mode, entry, (left) => this.#left(left))
    this.#holds.add(hold)
    this.#attempts.delete(attempt)
    for (const { resolve } of attempt.waiting) resolve(hold.enter())
    attempt.waiting.clear()
    hold.lost.addEventListener('abort', () => this.#holds.delete(hold), { once: true })
    // Its right to come first is that of the read.
    read?.entry.ended.addEventListener('abort', () => hold.lose(), { once: true })
  }

  async #left(hold: Hold): Promise<boolean> {
    this.#holds.delete(hold)
    return this.#leave(hold.owner, hold.entry)
  }

  /** Gives up a place in the queue, but not a read's while its owner's upgrade is in it. */
  async #leave(owner: string, entry: LockEntry): Promise<boolean> {
    if (entry.place.kind === 'read' && this.#upgrades(owner)) {
      this.#kept.set(owner, [...(this.#kept.get(owner) ?? []), entry])
      return !entry.ended.aborted
    }
    const removed = await entry.remove()
    if (entry.place.kind === 'upgrade') {
      const kept = this.#kept.get(owner) ?? []
      this.#kept.delete(owner)
      await Promise.all(kept.map((read) => read.remove()))
    }
    return removed
  }

  #upgrades(owner: string): boolean {
    for (const hold of this.#holds) if (hold.owner === owner && hold.entry.place.kind === 'upgrade') return true
    for (const attempt of this.#attempts) {
      if (attempt.owner === owner && attempt.entry?.place.kind === 'upgrade') return true
    }
    return false
  }

  #readOf(owner: string): Hold | undefined {
    for (const hold of this.#holds) if (hold.owner === owner && hold.mode === 'read' && hold.held) return hold
    return undefined
  }

  #namesOf(owner: string, entry: LockEntry): ReadonlySet<string> {
    const names = new Set<string>()
    for (const hold of this.#holds) if (hold.owner === owner && hold.entry !== entry) names.add(hold.entry.place.name)
    for (const kept of this.#kept.get(owner) ?? []) names.add(kept.place.name)
    return names
  }

  #readLost(): LockLostError {
    return new LockLostError(`the read of the lock "${this.#name}" was lost while it waited to write`, this.#name)
  }
}
