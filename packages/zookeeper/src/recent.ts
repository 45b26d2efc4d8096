import type { Entry } from '@avout/core/backend'

/** How many of the last entries are kept, and how many bytes of them. */
const ENTRIES = 1024
const BYTES = 8 << 20

/** Entries that this process has appended or read lately: they never change, and who appends often misses his own ones. */
export class Recent {
  readonly #entries = new Map<number, Entry>()
  #bytes = 0

  get(position: number): Entry | undefined {
    return this.#entries.get(position)
  }

  add(entry: Entry): void {
    if (this.#entries.has(entry.position)) return
    this.#entries.set(entry.position, entry)
    this.#bytes += entry.record.length
    for (const [position, { record }] of this.#entries) {
      if (this.#entries.size <= ENTRIES && this.#bytes <= BYTES) return
      this.#entries.delete(position)
      this.#bytes -= record.length
    }
  }

  clear(): void {
    this.#entries.clear()
    this.#bytes = 0
  }
}
