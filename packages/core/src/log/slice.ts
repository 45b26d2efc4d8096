import type { Data } from '../contracts/data.js'
import type { Entry } from '../contracts/log.js'
import { range } from './search.js'
import { decodeSlot } from './slot-value.js'

/** What was read of the slots `from`, …, `to - 1`. */
export class Slice {
  readonly from: number
  readonly #values: (Data | undefined)[]

  constructor(from: number, to: number) {
    this.from = from
    this.#values = new Array<Data | undefined>(Math.max(0, to - from)).fill(undefined)
  }

  get to(): number {
    return this.from + this.#values.length
  }

  get positions(): number[] {
    return range(this.from, this.to)
  }

  /** 0 when none is. */
  get lastTaken(): number {
    const at = this.#values.findLastIndex((value) => value !== undefined)
    return at < 0 ? 0 : this.from + at
  }

  put(positions: readonly number[], values: readonly (Data | undefined)[]): void {
    for (const [i, position] of positions.entries()) this.#values[position - this.from] = values[i]
  }

  push(next: Slice): void {
    for (const value of next.#values) this.#values.push(value)
  }

  isAbsent(position: number): boolean {
    return this.#values[position - this.from] === undefined
  }

  absentFrom(position: number): number[] {
    return range(Math.max(position, this.from), this.to).filter((slot) => this.isAbsent(slot))
  }

  /** The first absent slot from `position` on, or `to`. */
  endOfRun(position: number): number {
    let end = position
    while (end < this.to && !this.isAbsent(end)) end++
    return end
  }

  /** The entries from `position` on, up to the first absent slot. */
  entries(position: number): Entry[] {
    return range(position, this.endOfRun(position)).map((slot) => ({
      position: slot,
      record: decodeSlot(this.#values[slot - this.from] as Data, slot),
    }))
  }
}
