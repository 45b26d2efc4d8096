import type { Clock } from '../contracts/clock.js'
import { IncompatibleError, UnavailableError } from '../errors.js'
import type { Cells } from './cells.js'
import { lastPresent } from './search.js'

/** A link of a chain: the `index`-th value it had; 0 for the value that it begins with. */
export interface Link {
  readonly index: number
  readonly value: number
}

const ATTEMPTS = 32

/**
 * A number that all clients agree on and that can change, out of cells that cannot: cell k holds its k-th value, cells are
 * written in order and never deleted, and the last one counts.
 */
export class Chain {
  readonly #cells: Cells
  readonly #clock: Clock
  readonly #backend: string
  readonly #first: Link
  #known: Link

  constructor(cells: Cells, initial: number, clock: Clock, backend: string) {
    this.#cells = cells
    this.#clock = clock
    this.#backend = backend
    this.#first = { index: 0, value: initial }
    this.#known = this.#first
  }

  /** The newest link seen so far: there may be a later one. */
  get known(): Link {
    return this.#known
  }

  /** The link in force at some moment of this call. One round trip where it is the known one. */
  async newest(): Promise<Link> {
    const known = this.#known
    const [next, same] = await this.#cells.read(known.index === 0 ? [1] : [known.index + 1, known.index])
    if (known.index > 0 && same === undefined) {
      // The store lost it: what it still has is found from the beginning.
      this.#known = this.#first
      return this.#locate(this.#first)
    }
    return next === undefined ? known : this.#locate(known)
  }

  /**
   * Writes the link behind `after`; the first writer of a link wins. Answers the link in force afterwards: this one, or what
   * others wrote.
   */
  async extend(after: Link, value: number): Promise<Link> {
    const index = after.index + 1
    if (await this.#cells.write(index, value)) return this.#remember({ index, value })
    // Somebody else was first. The miss of a read would decide nothing, so it reads until it sees who won.
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const newest = await this.newest()
      if (newest.index >= index) return newest
      await this.#clock.sleep(attempt)
    }
    throw new UnavailableError(`link ${index} of a chain was written, but cannot be read`, this.#backend)
  }

  async #locate(from: Link): Promise<Link> {
    let found = from
    await lastPresent(from.index, async (indexes) => {
      const values = await this.#cells.read(indexes)
      for (const [i, value] of values.entries()) {
        if (value === undefined) break
        found = this.#link(indexes[i] as number, value)
      }
      return values.map((value) => value !== undefined)
    })
    return this.#remember(found)
  }

  #remember(link: Link): Link {
    if (link.index > this.#known.index) this.#known = link
    return link
  }

  #link(index: number, value: unknown): Link {
    if (Number.isSafeInteger(value)) return { index, value: value as number }
    throw new IncompatibleError(`link ${index} of a chain holds what is no number: something else writes there`)
  }
}
