import type { OwnExpectation } from '../commit/pending.js'
import type { RefState } from '../state/ref-state.js'
import type { Version } from '../state/version.js'

/** A ref that was read, and the version seen: what the record will expect. */
export class Read implements OwnExpectation {
  marked = false

  constructor(
    readonly state: RefState,
    readonly expected: Version,
  ) {}

  get version(): string {
    return this.expected.id
  }
}

/** Anything kept by the ref that it is about. */
interface Keyed {
  readonly state: RefState
}

/** Up to this many a look through all is faster than a hash table, and most transactions have no more. */
const FEW = 8

/** Reads or writes of a run by their refs, in the order in which each ref first came. */
export class ByRef<T extends Keyed> {
  readonly items: T[] = []
  private index: Map<RefState, number> | undefined = undefined

  get size(): number {
    return this.items.length
  }

  get(state: RefState): T | undefined {
    if (this.index !== undefined) {
      const at = this.index.get(state)
      return at === undefined ? undefined : this.items[at]
    }
    const { items } = this
    for (let i = 0; i < items.length; i++) if (items[i]?.state === state) return items[i]
    return undefined
  }

  set(item: T): void {
    const { items, index } = this
    const at = index === undefined ? this.find(item.state) : (index.get(item.state) ?? -1)
    if (at >= 0) {
      items[at] = item
      return
    }
    items.push(item)
    if (index !== undefined) index.set(item.state, items.length - 1)
    else if (items.length > FEW) this.index = new Map(items.map(({ state }, i) => [state, i]))
  }

  private find(state: RefState): number {
    const { items } = this
    for (let i = 0; i < items.length; i++) if (items[i]?.state === state) return i
    return -1
  }
}
