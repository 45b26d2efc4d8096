import { AvoutError, LogDivergedError, UnavailableError } from '@avout/core'
import type { Appended, Entry, Log, Stored } from '@avout/core/backend'
import { checkBytes, checkCount, checkFunction } from './check.js'
import { Horizon } from './horizon.js'
import { COLLECTIONS, MAX_BYTES } from './layout.js'
import { Reserver } from './reserver.js'
import { ATTEMPTS, PAGE, REACH, Scout } from './scout.js'
import { type Page, Slots, type Written } from './slots.js'
import type { Store } from './store.js'
import type { Feed } from './topic.js'
import type { MongoVersions } from './versioned-state.js'

const NONE: readonly Entry[] = Object.freeze([])

/**
 * A log of write-once slots, one document each (CORFU: Balakrishnan et al., NSDI 2012). Who appends alone guesses the next slot:
 * one round trip. Who meets others' entries reserves his first.
 *
 * 1. *The tail is the slot before the first absent one.* An append is acknowledged when no slot below its own is absent.
 * 2. *A miss decides nothing*, only the write of a slot does. Who stands above a hole fills it with a no-op when its writer is
 *    late; that one then appends again.
 * 3. *The floor is read after the slots*, in the same round trip, and looked at after a slot was won, in the same command.
 * 4. *Nothing is written above what was lost*: a write names an entry that this session has seen, and fails if it is gone.
 */
export class MongoLog implements Log {
  readonly maxBytes = MAX_BYTES
  readonly #store: Store
  readonly #feed: Feed
  readonly #versions: MongoVersions
  readonly #slots: Slots
  readonly #horizon = new Horizon()
  readonly #scout: Scout
  readonly #reserver: Reserver

  constructor(store: Store, feed: Feed, versions: MongoVersions) {
    this.#store = store
    this.#feed = feed
    this.#versions = versions
    this.#slots = new Slots(store)
    this.#scout = new Scout(store, this.#slots, this.#horizon)
    this.#reserver = new Reserver((count, ahead) => this.#reserve(count, ahead))
  }

  async append(record: Uint8Array, after: number): Promise<Appended> {
    this.#store.lifetime.check()
    checkBytes('record', record)
    checkCount('after', after, 0)
    if (record.length > MAX_BYTES) throw tooLarge(record.length)
    if (!this.#scout.acquainted) await this.tail()
    if (after > this.#horizon.dense && after > (await this.tail())) throw this.#diverged(after)
    for (let losses = 0, attempt = 0; attempt < ATTEMPTS; attempt++) {
      const guess = losses === 0 ? this.#horizon.guess() : undefined
      if (guess !== undefined) this.#horizon.give(guess)
      const position = guess ?? (await this.#reserver.next(losses))
      this.#horizon.give(position)
      if (position > this.#horizon.dense + REACH) await this.tail()
      if (position > this.#horizon.dense + REACH) continue
      // Where others append there is something to read: beside the write, as it costs no time there.
      const reading = guess === undefined ? this.#pageBefore(position, after) : undefined
      const [written, page] = await Promise.all([this.#write(position, record, after), reading])
      if (page !== undefined) this.#scout.note(page)
      if (written.slot === 'won') return this.#finish(position, after, written, page)
      if (written.slot === 'taken') {
        losses++
        await this.#scout.look()
      } else if (after > (await this.tail())) throw this.#diverged(after)
    }
    throw this.#store.unavailable('an append found every slot taken that it tried')
  }

  /** The record and the values go out together, each in its own command: one round trip. */
  async appendWith(record: Uint8Array, after: number, values: readonly Stored[]): Promise<Appended> {
    this.#store.lifetime.check()
    const prepared = this.#versions.prepare(values)
    const work = [this.append(record, after), this.#versions.insert(prepared)] as const
    const [appended, stored] = await Promise.allSettled(work)
    if (appended.status === 'rejected') throw appended.reason
    if (stored.status === 'fulfilled') return appended.value
    // Whatever its kind is, it must not say that nothing was appended.
    const reason = stored.reason instanceof Error ? stored.reason.message : String(stored.reason)
    throw new UnavailableError(`a record was appended, its values may be missing: ${reason}`, this.#id, {
      cause: stored.reason,
    })
  }

  async read(after: number, limit: number): Promise<readonly Entry[]> {
    this.#store.lifetime.check()
    checkCount('after', after, 0)
    checkCount('limit', limit, 1)
    for (let attempt = 0, fresh = false, waited = 0; attempt < ATTEMPTS; attempt++) {
      const from = Math.max(after, this.#horizon.floor - 1)
      const page = await this.#slots.page(from, Math.min(limit, PAGE))
      this.#scout.note(page)
      if (page.floor > from + 1) continue // A part of it was trimmed.
      const entries = run(page, from)
      if (entries.length > 0) {
        await this.#scout.settle(entries.at(-1)?.position as number)
        return entries
      }
      if (page.slots.length > 0) {
        waited = await this.#scout.mend(holesOf(page, from), waited)
      } else {
        // A primary that was deposed may not have what is known to be there.
        if (fresh || this.#horizon.dense <= from) return NONE
        fresh = true
        await this.tail()
      }
    }
    throw this.#store.unavailable('a hole of the log cannot be filled')
  }

  /** Two round trips: a tick (see `Connection.fresh`), then what is taken above the last known. */
  tail(): Promise<number> {
    return this.#checked(() => this.#scout.tail())
  }

  async floor(): Promise<number> {
    await this.#store.fresh()
    const floor = await this.#slots.floor()
    this.#horizon.raise(floor)
    return floor
  }

  async subscribe(wake: () => void): Promise<AsyncDisposable> {
    this.#store.lifetime.check()
    checkFunction('wake', wake)
    return this.#feed.on({ collection: COLLECTIONS.log }, (position) => {
      // An own append has told its caller already.
      if (position === undefined || !this.#horizon.own.has(position)) wake()
    })
  }

  async trim(below: number): Promise<void> {
    this.#store.lifetime.check()
    checkCount('below', below, 1)
    const target = Math.min(below, await this.tail())
    if (target > 1) await this.#slots.raise(target)
    const floor = await this.floor()
    await this.#slots.deleteBelow(floor)
  }

  get #id(): string {
    return this.#store.connection.settings.id
  }

  async #checked<T>(call: () => Promise<T>): Promise<T> {
    this.#store.lifetime.check()
    return call()
  }

  async #reserve(count: number, ahead: number): Promise<number> {
    const first = await this.#slots.reserve(count, this.#horizon.dense, ahead, false)
    if (first + count <= this.#horizon.dense + REACH / 2) return first
    return this.#slots.reserve(count, await this.tail(), ahead, true)
  }

  async #write(position: number, record: Uint8Array, after: number): Promise<Written> {
    const { dense, floor, writing } = this.#horizon
    const work = this.#slots.write({ position, record }, dense >= floor ? dense : 0, after + 1)
    writing.set(position, work)
    try {
      const written = await work
      if (written.slot === 'taken') this.#horizon.lose(position)
      if (written.slot !== 'won') return written
      this.#horizon.own.add(position, record)
      this.#horizon.take(position)
      return written
    } finally {
      writing.delete(position)
    }
  }

  /** Waits until nothing is absent below its slot, and gathers what was missed. */
  async #finish(position: number, after: number, { trimmed }: Written, page: Page | undefined): Promise<Appended> {
    if (trimmed) await this.#checkKept(position)
    for (let waited = 0, attempt = 0; this.#horizon.dense < position; attempt++) {
      if (attempt === ATTEMPTS) throw this.#store.unavailable(`the entries below position ${position} cannot be read`)
      waited = await this.#scout.mend(this.#horizon.holesBelow(position), waited)
    }
    if (position === after + 1) return { position, missed: NONE }
    const known = trimmed ? undefined : this.#known(after, position, page)
    const missed = known ?? run(await this.#pageBefore(position, after), after, this.#horizon.floor)
    const last = missed.at(-1)
    if (known === undefined && last !== undefined) await this.#scout.settle(last.position)
    return { position, missed }
  }

  /** What was missed, if it need not be read again. The write has told that the floor is not above it. */
  #known(after: number, position: number, page: Page | undefined): Entry[] | undefined {
    const read = new Map(page?.slots.map((slot) => [slot.position, slot.record]))
    const entries: Entry[] = []
    for (let at = after + 1; at < position; at++) {
      const record = this.#horizon.own.record(at) ?? read.get(at)
      if (record === undefined) return undefined
      entries.push({ position: at, record })
    }
    return entries
  }

  #pageBefore(position: number, after: number): Promise<Page> {
    const from = Math.max(after, this.#horizon.floor - 1)
    return this.#slots.page(from, Math.max(1, Math.min(PAGE, position - 1 - from)))
  }

  /**
   * The floor has passed what the append had missed. If it has passed its own slot too, that was won in time and trimmed since,
   * or after it was trimmed: nobody can tell, so the outcome is unknown.
   */
  async #checkKept(position: number): Promise<void> {
    const floor = await this.floor()
    if (floor <= position) return
    this.#horizon.own.delete(position)
    await this.#slots.deleteBelow(floor, [position])
    throw this.#store.unavailable(`the log was trimmed beyond position ${position} while it was written`)
  }

  #diverged(after: number): LogDivergedError {
    return new LogDivergedError(
      `the log ends at ${this.#horizon.dense}, but its caller has seen entry ${after}: the store lost entries`,
    )
  }
}

/** The entries behind `after`, or from the floor on where that is higher, up to the first hole. */
function run({ slots, floor }: Page, after: number, known = 1): Entry[] {
  const entries: Entry[] = []
  let next = Math.max(after + 1, floor, known)
  for (const slot of slots) {
    if (slot.position < next) continue
    if (slot.position > next) break
    entries.push(slot)
    next++
  }
  return entries
}

function holesOf({ slots }: Page, from: number): number[] {
  const taken = new Set(slots.map(({ position }) => position))
  const last = slots.at(-1)?.position as number
  return Array.from({ length: last - from }, (_, i) => from + 1 + i).filter((position) => !taken.has(position))
}

const tooLarge = (bytes: number): AvoutError =>
  new AvoutError('invalid', 'AVOUT_RECORD_SIZE', `a record of ${bytes} bytes: MongoDB holds ${MAX_BYTES} at most`)
