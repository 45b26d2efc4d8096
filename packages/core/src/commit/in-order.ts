/**
 * A queue whose members leave mostly at its front. An array, and not a Set: a Set whose members come and go is rebuilt again and
 * again, and its old tables keep what they held from the young garbage collection.
 */
export class InOrder<T> {
  private items: (T | undefined)[] = []
  private front = 0
  private count = 0

  get size(): number {
    return this.count
  }

  /** The oldest. */
  get first(): T | undefined {
    return this.items[this.front]
  }

  push(item: T): void {
    this.items.push(item)
    this.count++
  }

  delete(item: T): void {
    const at = this.items[this.front] === item ? this.front : this.items.indexOf(item, this.front)
    if (at < 0) return
    this.items[at] = undefined
    this.count--
    while (this.front < this.items.length && this.items[this.front] === undefined) this.front++
    this.compact()
  }

  /** From the oldest to the newest. */
  *[Symbol.iterator](): IterableIterator<T> {
    for (let i = this.front; i < this.items.length; i++) {
      const item = this.items[i]
      if (item !== undefined) yield item
    }
  }

  private compact(): void {
    if (this.front === this.items.length) {
      this.items.length = 0
      this.front = 0
    } else if (this.front >= 256 && this.front * 2 >= this.items.length) {
      this.items.splice(0, this.front)
      this.front = 0
    }
  }
}
