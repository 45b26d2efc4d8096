/** First in, first out, however many: an array moves all that is left with each that it gives up. */
export class Fifo<T> {
  #items: T[] = []
  #first = 0

  get size(): number {
    return this.#items.length - this.#first
  }

  push(item: T): void {
    this.#items.push(item)
  }

  shift(): T | undefined {
    if (this.#first === this.#items.length) return undefined
    const item = this.#items[this.#first++]
    if (this.#first >= 1024 && this.#first * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#first)
      this.#first = 0
    }
    return item
  }

  /** Takes all out. */
  takeAll(): T[] {
    const all = this.#items.slice(this.#first)
    this.#items = []
    this.#first = 0
    return all
  }
}
