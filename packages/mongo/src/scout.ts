import { LogDivergedError } from '@avout/core'
import type { Horizon } from './horizon.js'
import { Shared } from './shared.js'
import type { Page, Slots } from './slots.js'
import type { Store } from './store.js'

/**
 * How far above the tail a slot may be written. So what is below a taken slot by more than this is dense, and holes are found
 * without reading the log from its beginning. All clients must agree on it: it belongs to the format.
 */
export const REACH = 1024

/** Slots asked for at once. */
export const PAGE = 512

/** No loop goes on for ever: a store in which this often does not suffice is not available. */
export const ATTEMPTS = 64

/** Finds out where a log ends, and sees to it that nothing below that is absent. */
export class Scout {
  readonly #store: Store
  readonly #slots: Slots
  readonly #horizon: Horizon
  readonly #tails = new Shared(() => this.#learnTail())
  #acquainted = false
  /** On a standalone: what is known to be on disk. */
  #settled = 0

  constructor(store: Store, slots: Slots, horizon: Horizon) {
    this.#store = store
    this.#slots = slots
    this.#horizon = horizon
  }

  /** Whether it has learned where the log ends. */
  get acquainted(): boolean {
    return this.#acquainted
  }

  tail(): Promise<number> {
    return this.#tails.call()
  }

  /**
   * Gives the writers of these slots a little time, and looks again; or takes what they have not written for as long as that.
   * Answers how long this append or read has waited in all.
   */
  async mend(holes: readonly number[], waited: number): Promise<number> {
    const { clock, connection } = this.#store
    const { holeWait, timeout } = connection.settings
    const own = holes.flatMap((hole) => this.#horizon.writing.get(hole) ?? [])
    if (own.length === holes.length && waited <= holeWait) {
      // Its own are known to be on their way, and may wait for a connection; but an answer that was lost never comes.
      await this.#soon(Promise.allSettled(own), timeout / 5)
      return holeWait + 1
    }
    if (waited > holeWait) await this.#slots.fill(holes)
    else if (waited === holeWait) await this.#slots.fill(holes.filter((hole) => !this.#horizon.writing.has(hole)))
    else if (waited > 0) await clock.sleep(waited)
    const [first, last] = [holes[0] as number, holes.at(-1) as number]
    for (let from = first - 1; from < last; from += PAGE) {
      const { taken, floor } = await this.#slots.positions(from, Math.min(PAGE, last - from))
      this.#horizon.raise(floor)
      for (const position of taken) this.#horizon.take(position)
    }
    return waited < holeWait ? Math.min(holeWait, waited + Math.max(1, waited)) : waited
  }

  /** Resolves with `work`, or after so many milliseconds. */
  async #soon(work: Promise<unknown>, ms: number): Promise<void> {
    const over = new AbortController()
    const pause = Promise.allSettled([this.#store.clock.sleep(ms, over.signal)])
    await Promise.race([work, pause])
    over.abort()
  }

  /** What stands above the last known, without a promise. */
  async look(): Promise<void> {
    const { taken, floor } = await this.#slots.positions(this.#horizon.dense, PAGE)
    this.#horizon.raise(floor)
    for (const position of taken) this.#horizon.take(position)
  }

  async #learnTail(): Promise<number> {
    await this.#store.fresh()
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const { dense } = this.#horizon
      const { taken, floor } = await this.#slots.positions(Math.max(0, dense - 1), REACH + 1)
      const lost = dense >= floor && dense > 0 && taken[0] !== dense
      if (lost) this.#horizon.forget(floor)
      else this.#horizon.raise(floor)
      if (lost || floor > dense + 1) continue // It was trimmed meanwhile, or lost: then from the floor on.
      for (const position of taken) this.#horizon.take(position)
      if (this.#horizon.dense >= dense + REACH) {
        this.#horizon.skipTo((await this.#slots.top()) - REACH)
        continue
      }
      const tail = this.#horizon.dense
      if (floor > 1 && tail < floor) {
        throw new LogDivergedError(`the log begins at ${floor}, but that entry is gone`)
      }
      await this.settle(tail)
      if (!this.#acquainted) this.#horizon.settleIn()
      this.#acquainted = true
      return tail
    }
    throw this.#store.unavailable('the tail of the log moves faster than it can be read')
  }

  note({ slots, floor }: Page): void {
    this.#horizon.raise(floor)
    for (const { position } of slots) this.#horizon.take(position)
  }

  /** A standalone answers what a crash may still take back: nothing of that is passed on. */
  async settle(position: number): Promise<void> {
    if (position <= this.#settled) return
    await this.#store.settled()
    this.#settled = position
  }
}
