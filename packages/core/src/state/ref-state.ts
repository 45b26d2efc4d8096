import type { Operating } from './operating.js'
import { NONE, Version } from './version.js'

/** One that waits until those before it have had their turn. */
export interface Contender {
  advance(): void
}

/** A queue of them. */
export interface Turns {
  readonly first: Contender | undefined
  push(contender: Contender): void
  delete(contender: Contender): void
}

/** What a replica knows of one ref. */
export class RefState {
  /** The last valid write that was replayed. */
  head: Version
  /** The head, or on top of it the newest write in flight that is expected to be valid. */
  top: Version
  /** Told of every valid write, in the order of the log; undefined when nobody watches. */
  listeners: Set<(before: Version, after: Version) => void> | undefined = undefined
  /** Those in this process who contend for it, in order; undefined when nobody does. */
  turns: Turns | undefined = undefined
  /** This client's operations on it; undefined where there never were any. */
  operating: Operating | undefined = undefined
  /** Scratch of whoever goes through the refs of a record. */
  stamp = 0

  private quoted: string | undefined = undefined

  constructor(readonly name: string) {
    const none = new Version(this, NONE, '', false, undefined, 0, 0)
    this.head = none
    this.top = none
  }

  /** Its name as JSON, which records carry again and again. */
  get json(): string {
    this.quoted ??= JSON.stringify(this.name)
    return this.quoted
  }

  listen(listener: (before: Version, after: Version) => void): () => void {
    this.listeners ??= new Set()
    this.listeners.add(listener)
    return () => {
      this.listeners?.delete(listener)
      if (this.listeners?.size === 0) this.listeners = undefined
    }
  }
}

/** Every ref that a replica met, by name. */
export class RefStates {
  private readonly states = new Map<string, RefState>()
  /** Their names in order, as far as they were put there; the rest is new. */
  private sorted: string[] = []
  private unsorted: string[] = []

  get(name: string): RefState | undefined {
    return this.states.get(name)
  }

  of(name: string): RefState {
    let state = this.states.get(name)
    if (state === undefined) {
      state = new RefState(name)
      this.states.set(name, state)
      this.unsorted.push(name)
    }
    return state
  }

  /** Those with `from <= name < to`, in order; to the last one without `to`. */
  *between(from: string, to: string | undefined): Iterable<RefState> {
    if (this.unsorted.length > 0) {
      this.sorted = [...this.sorted, ...this.unsorted].sort(byCodeUnits)
      this.unsorted = []
    }
    for (let i = lowerBound(this.sorted, from); i < this.sorted.length; i++) {
      const name = this.sorted[i] as string
      if (to !== undefined && name >= to) return
      yield this.of(name)
    }
  }

  values(): IterableIterator<RefState> {
    return this.states.values()
  }
}

const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** The index of the first name that is not below `from`. */
function lowerBound(names: readonly string[], from: string): number {
  let low = 0
  let high = names.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((names[middle] as string) < from) low = middle + 1
    else high = middle
  }
  return low
}
