/** How many of the newest are kept. */
const KEPT = 256

/** The bytes of their records that are kept: of a large one only that it is our own. */
const KEPT_BYTES = 4 << 20

/** The newest entries that this session appended itself: what it need not read, and by what it tells others'. */
export class OwnEntries {
  readonly #records = new Map<number, Uint8Array | undefined>()
  #bytes = 0

  has(position: number): boolean {
    return this.#records.has(position)
  }

  record(position: number): Uint8Array | undefined {
    return this.#records.get(position)
  }

  add(position: number, record: Uint8Array): void {
    this.#records.set(position, record.length > KEPT_BYTES / 4 ? undefined : record)
    this.#bytes += this.#records.get(position)?.length ?? 0
    for (const oldest of this.#records.keys()) {
      if (this.#records.size <= KEPT && this.#bytes <= KEPT_BYTES) break
      this.delete(oldest)
    }
  }

  delete(position: number): void {
    this.#bytes -= this.#records.get(position)?.length ?? 0
    this.#records.delete(position)
  }

  clear(): void {
    this.#records.clear()
    this.#bytes = 0
  }
}
