import type { Cells } from './cells.js'
import { firstPresent, range } from './search.js'

/** Slots deleted at once. */
const BATCH = 100

/** Deletes what was trimmed. Upwards, so that what a sweeper that died has left is found by halving. */
export class Sweeper {
  readonly #slots: Cells
  /** Everything before it is deleted; undefined until that was looked up. */
  #begin: number | undefined

  constructor(slots: Cells) {
    this.#slots = slots
  }

  /** Deletes every slot below `floor`, which must be in force already. */
  async sweep(floor: number): Promise<void> {
    this.#begin ??= await this.#locate(floor)
    while (this.#begin < floor) {
      const end = Math.min(floor, this.#begin + BATCH)
      await this.#slots.delete(range(this.#begin, end))
      this.#begin = end
    }
  }

  /** A sweeper may have died within a batch. */
  async #locate(floor: number): Promise<number> {
    const first = await firstPresent(floor, (slots) => this.#slots.present(slots))
    return Math.max(1, first - BATCH)
  }
}
