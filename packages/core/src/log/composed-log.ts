import type { Clock } from '../contracts/clock.js'
import type { Appended, Entry, Log } from '../contracts/log.js'
import { AvoutError, ClosedError, LogDivergedError, UnavailableError, usageError } from '../errors.js'
import type { Cells } from './cells.js'
import type { Chain } from './chain.js'
import { Poller } from './poller.js'
import { lastPresent } from './search.js'
import type { Sequencer } from './sequencer.js'
import { Slice } from './slice.js'
import { encodeSlot, FILLER } from './slot-value.js'
import { Sweeper } from './sweeper.js'

/**
 * How far above the tail a slot may be written. So what is below a taken slot by more than this is dense, and holes are found
 * without reading the log from its beginning. All clients of a log must agree on it: it belongs to the format.
 */
const REACH = 1024

/** Slots asked for at once. */
const PAGE = 512

/** How many it asks for first when it looks for the tail: most calls find no new entry, or few. */
const GLANCE = 8

/** No loop goes on for ever: a store in which this often does not suffice is not available. */
const ATTEMPTS = 32

export interface ComposedParts {
  readonly slots: Cells
  readonly floor: Chain
  readonly sequencer: Sequencer
  readonly clock: Clock
  readonly backend: string
  readonly maxBytes: number | undefined
  readonly holeWait: number
  readonly pollInterval: number
}

/**
 * A log out of a counter and write-once slots (CORFU: Balakrishnan et al., NSDI 2012): the counter proposes a slot, the first
 * write of a slot decides, whoever stands above a hole fills it with a no-op after a short wait, and the slow writer whose slot
 * was taken appends again. A hole with nothing above it is left alone: its writer may be on the way, and nobody waits for it.
 *
 * 1. *The counter is a hint.* The tail is the slot before the first absent one, and an append is acknowledged when no slot
 *    below its own is absent; so every acknowledged append is below the tail.
 * 2. *A miss decides nothing.* Only `setStateAt` does: who finds a slot absent and wants it filled tries to write it, and reads
 *    until it sees who won.
 * 3. *The floor is read last.* Trimming forgets what write-once remembered: a sleeper, or the network, may win a slot that was
 *    deleted long ago. As the floor is raised before anything is deleted, what a floor read afterwards is not above was not
 *    won that way. Also what is absent is a hole, or the end, only if that floor is not above it.
 *
 * Round trips, one after the other: `append` 3 (a number, and whether `after` is there; the write, and what was missed; the
 * floor), 1 more where entries right below its own were still on their way; `read` 2 (the slots, 1 more for every further 512;
 * the floor); `tail` 2, if it moved by less than 8; `floor` 1; `trim` 4 (the tail, the floor, raising it), and the deletions.
 */
export class ComposedLog implements Log {
  readonly maxBytes?: number
  readonly #slots: Cells
  readonly #floors: Chain
  readonly #sequencer: Sequencer
  readonly #clock: Clock
  readonly #backend: string
  readonly #holeWait: number
  readonly #poller: Poller
  readonly #sweeper: Sweeper
  #closed = false
  /** No slot up to here is absent, but for those that were trimmed. */
  #dense: number

  constructor(parts: ComposedParts) {
    if (parts.maxBytes !== undefined) this.maxBytes = parts.maxBytes
    this.#slots = parts.slots
    this.#floors = parts.floor
    this.#sequencer = parts.sequencer
    this.#clock = parts.clock
    this.#backend = parts.backend
    this.#holeWait = parts.holeWait
    this.#dense = parts.floor.known.value - 1
    this.#sweeper = new Sweeper(parts.slots)
    this.#poller = new Poller(() => this.tail(), parts.clock, parts.pollInterval)
  }

  async append(record: Uint8Array, after: number): Promise<Appended> {
    this.#check(record instanceof Uint8Array && isCount(after, 0), 'append(record, after): bytes, and a position or 0')
    if (record.length > (this.maxBytes ?? Number.POSITIVE_INFINITY)) throw tooLarge(record.length, this.maxBytes)
    const value = encodeSlot(record)
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const dense = this.#dense
      const [ticket] = await Promise.all([this.#sequencer.next(), this.#checkSeen(after)])
      const { position } = ticket
      // The counter went back where its number was taken before it gave it; or it leapt.
      const taken = Math.max(dense, after, this.#floors.known.value - 1)
      if (position <= taken || !(await this.#inReach(position))) {
        await this.#sequencer.mend(ticket.epoch, await this.tail())
        continue
      }
      const below = new Slice(Math.max(after, position - 1 - REACH) + 1, position)
      const [won] = await Promise.all([this.#slots.write(position, value), this.#fetch(below)])
      if (won) return this.#finish(position, after, below)
      // Too slow, and it was filled; or others count otherwise.
      await Promise.all([this.tail(), this.#sequencer.refresh()])
    }
    throw this.#unavailable('an append found every slot taken that it was given')
  }

  async read(after: number, limit: number): Promise<readonly Entry[]> {
    this.#check(isCount(after, 0) && isCount(limit, 1), 'read(after, limit): a position or 0, and how many')
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const known = this.#floors.known.value
      const slice = await this.#run(Math.max(after + 1, known), limit)
      const floor = await this.floor()
      const first = Math.max(slice.from, floor)
      if (first > slice.from || floor < known) continue // A part of it was trimmed meanwhile; or a trim was lost.
      const entries = slice.entries(first)
      if (entries.length > 0) {
        if (first <= this.#dense + 1) this.#dense = Math.max(this.#dense, first - 1 + entries.length)
        return entries
      }
      if (first === floor && floor === known) this.#checkFloorKept(floor)
      const holes = slice.absentFrom(first).filter((position) => position < slice.lastTaken)
      if (holes.length === 0) return []
      // What stands above a hole is not acknowledged yet, and never would be if whoever wrote it died.
      await this.#fill(holes)
    }
    throw this.#unavailable('a hole of the log cannot be filled')
  }

  async tail(): Promise<number> {
    this.#check()
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const dense = this.#dense
      const known = this.#floors.known.value
      const size = Math.min(PAGE, GLANCE * 8 ** attempt)
      // The last one known is looked at too: a store that lost entries lost it.
      const slice = new Slice(Math.max(1, dense), dense + 1 + size)
      await this.#fetch(slice)
      const floor = await this.floor()
      if (floor > dense + 1) continue // What it looked at was trimmed meanwhile; `floor` has moved `dense` on.
      if (dense >= floor && slice.isAbsent(dense)) {
        this.#dense = floor - 1
        continue
      }
      const tail = slice.endOfRun(dense + 1) - 1
      if (tail === dense && dense + 1 === floor && floor === known) this.#checkFloorKept(floor)
      this.#dense = Math.max(this.#dense, tail)
      if (tail < dense + size) return tail
      if (size === PAGE) await this.#leap(tail)
    }
    throw this.#unavailable('the tail of the log moves faster than it can be read')
  }

  async floor(): Promise<number> {
    this.#check()
    const { value } = await this.#floors.newest()
    this.#dense = Math.max(this.#dense, value - 1)
    return value
  }

  async subscribe(wake: () => void): Promise<AsyncDisposable> {
    this.#check(typeof wake === 'function', 'subscribe(wake): a function')
    return this.#poller.add(wake)
  }

  async trim(below: number): Promise<void> {
    this.#check(isCount(below, 1), 'trim(below): a position')
    const target = Math.min(below, await this.tail())
    const floor = await this.#raise(target)
    await this.#sweeper.sweep(floor)
  }

  close(): void {
    this.#closed = true
    this.#poller.end()
  }

  /** Waits until nothing is absent below its own slot. */
  async #finish(position: number, after: number, below: Slice): Promise<Appended> {
    let won = false
    let floor = this.#floors.known.value
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const holes = below.absentFrom(floor)
      if (attempt > 1 && holes.length > 0) await this.#fill(holes)
      // Entries still on their way have most often arrived by now; then one more floor read makes them count.
      const [latest] = await Promise.all([this.floor(), this.#fetch(below, holes)])
      floor = latest
      if (!won && floor > position) return this.#lostPlace(position)
      won = true
      if (holes.length > 0) continue
      this.#dense = Math.max(this.#dense, position)
      return { position, missed: below.from === after + 1 ? below.entries(Math.max(below.from, floor)) : [] }
    }
    throw this.#unavailable(`the entries below position ${position} cannot be read`)
  }

  /**
   * The floor has passed the place that it won. It was won in time and trimmed since, or after the place was trimmed: nobody
   * can tell, so the outcome of this append is unknown.
   */
  async #lostPlace(position: number): Promise<never> {
    await this.#slots.delete([position])
    throw this.#unavailable(`the log was trimmed beyond position ${position} while it was written`)
  }

  /** Refuses who has seen what the log does not have. Afterwards the floor is known to be above `after`, or not to be. */
  async #checkSeen(after: number): Promise<void> {
    const [value] = await this.#slots.read(after === 0 ? [] : [after])
    if (value !== undefined || after < (await this.floor())) return
    throw new LogDivergedError(`its caller has seen entry ${after}, which the log does not hold`)
  }

  /** Whether `position` is near enough to the tail to be written; fills the holes that hold the tail back. */
  async #inReach(position: number): Promise<boolean> {
    if (position <= this.#dense + REACH) return true
    const tail = await this.tail()
    if (position <= tail + REACH) return true
    await this.read(tail, REACH)
    return position <= this.#dense + REACH
  }

  /** Reads page by page until something is absent, `limit` slots at most. */
  async #run(from: number, limit: number): Promise<Slice> {
    const slice = new Slice(from, from)
    while (slice.to - from < limit) {
      const page = new Slice(slice.to, slice.to + Math.min(PAGE, limit - (slice.to - from)))
      await this.#fetch(page)
      slice.push(page)
      if (page.endOfRun(page.from) < page.to) break
    }
    return slice
  }

  async #fetch(slice: Slice, positions: readonly number[] = slice.positions): Promise<void> {
    slice.put(positions, await this.#slots.read(positions))
  }

  /** Gives the writers of these slots a little time, then takes what they have not written. */
  async #fill(holes: readonly number[]): Promise<void> {
    await this.#clock.sleep(this.#holeWait)
    this.#check()
    await this.#slots.writeMany(holes, FILLER)
  }

  /** Far behind: moves on by doubling, to a point below which nothing can be absent. */
  async #leap(from: number): Promise<void> {
    const taken = await lastPresent(from, (positions) => this.#slots.present(positions))
    this.#dense = Math.max(this.#dense, taken - REACH)
  }

  /** Answers the floor in force: `target`, or above it if another trimmer went further. */
  async #raise(target: number): Promise<number> {
    let link = await this.#floors.newest()
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (link.value >= target) return link.value
      link = await this.#floors.extend(link, target)
    }
    throw this.#unavailable('the floor of the log cannot be raised')
  }

  /** The entry at the floor stays until the floor is raised. It was absent, though the floor was known before and has not moved. */
  #checkFloorKept(floor: number): void {
    if (floor > 1) throw new LogDivergedError(`the log begins at ${floor}, but that entry is gone`)
  }

  #check(valid = true, wanted = ''): void {
    if (this.#closed) throw new ClosedError('this session of a composed log is closed')
    if (!valid) throw usageError('AVOUT_LOG_ARGUMENT', `the log's ${wanted}`)
  }

  #unavailable(message: string): UnavailableError {
    return new UnavailableError(message, this.#backend)
  }
}

const isCount = (value: number, least: number) => Number.isSafeInteger(value) && value >= least

const tooLarge = (bytes: number, limit: number | undefined) =>
  new AvoutError('invalid', 'AVOUT_RECORD_SIZE', `a record of ${bytes} bytes does not fit the log: it takes ${limit}`)
