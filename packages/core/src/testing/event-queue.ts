/** Something that happens at a virtual time. `order` decides between equals. */
export interface Timed {
  readonly at: number
  readonly order: number
}

function before(a: Timed, b: Timed): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}

/** A binary heap: the earliest first. */
export class EventQueue<E extends Timed> {
  readonly #heap: E[] = []

  get size(): number {
    return this.#heap.length
  }

  peek(): E | undefined {
    return this.#heap[0]
  }

  push(event: E): void {
    const heap = this.#heap
    let at = heap.length
    while (at > 0) {
      const parent = (at - 1) >>> 1
      const above = heap[parent] as E
      if (!before(event, above)) break
      heap[at] = above
      at = parent
    }
    heap[at] = event
  }

  pop(): E | undefined {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return first
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      const right = child + 1
      if (right < heap.length && before(heap[right] as E, heap[child] as E)) child = right
      const below = heap[child] as E
      if (!before(below, last)) break
      heap[at] = below
      at = child
    }
    heap[at] = last
    return first
  }
}
