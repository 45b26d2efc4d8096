import { OwnEntries } from './own-entries.js'

/** While a foreign entry is within so many of the last positions, positions are reserved. */
const QUIET = 128

/** What one session knows of its log without asking. */
export class Horizon {
  /** No slot from the floor up to here is absent. */
  dense = 0
  /** The highest floor seen. */
  floor = 1
  readonly own = new OwnEntries()
  /** Own writes under way, by position. */
  readonly writing = new Map<number, Promise<unknown>>()
  /** Taken slots above `dense`. */
  readonly #taken = new Set<number>()
  /** The highest position given to an append of this session. */
  #given = 0
  /** The highest position where another's entry was met. */
  #foreign = Number.NEGATIVE_INFINITY

  /** The next position by guess; undefined while others append too: then it must be reserved. */
  guess(): number | undefined {
    if (this.writing.size === 0) this.#given = this.dense
    const position = Math.max(this.dense, this.#given) + 1
    return position - this.#foreign > QUIET ? position : undefined
  }

  give(position: number): void {
    this.#given = Math.max(this.#given, position)
  }

  take(position: number): void {
    // What is on its way is our own, until its answer says otherwise.
    if (!this.own.has(position) && !this.writing.has(position)) this.#meet(position)
    if (position > this.dense) this.#taken.add(position)
    while (this.#taken.delete(this.dense + 1)) this.dense++
  }

  /** Another was there first. */
  lose(position: number): void {
    this.#meet(position)
    this.take(position)
  }

  #meet(position: number): void {
    this.#foreign = Math.max(this.#foreign, position)
  }

  /** What was there when this session came tells nothing of who appends now. */
  settleIn(): void {
    this.#foreign = Number.NEGATIVE_INFINITY
  }

  /** Moves on where the floor has: what is below it is not asked for any more. */
  raise(floor: number): void {
    this.floor = Math.max(this.floor, floor)
    this.skipTo(floor - 1)
  }

  /** Nothing up to `position` can be absent. */
  skipTo(position: number): void {
    if (position > this.dense) this.dense = position
    for (const taken of this.#taken) if (taken <= this.dense) this.#taken.delete(taken)
    while (this.#taken.delete(this.dense + 1)) this.dense++
  }

  /** The store has lost entries: begins anew at its floor. */
  forget(floor: number): void {
    this.floor = floor
    this.dense = floor - 1
    this.#given = 0
    this.#taken.clear()
    this.own.clear()
  }

  /** The absent ones, as far as known, above `dense` and below `position`. */
  holesBelow(position: number): number[] {
    const holes: number[] = []
    for (let at = this.dense + 1; at < position; at++) if (!this.#taken.has(at)) holes.push(at)
    return holes
  }
}
