import type { Operating } from '../state/operating.js'
import type { RefState } from '../state/ref-state.js'
import type { Dosync } from './dosync.js'

/** How long a run may keep operations back that it waited for, in ms: a slow body must not hold up the others. */
const PATIENCE_MS = 10

/**
 * The refs that a transaction waits to read, because operations of this client on them are in flight. Until it has committed, or its
 * patience has ended, further ones wait behind it. Progress only: nothing that must be safe rests on it.
 */
export class Claims {
  private readonly claimed: Operating[] = []

  constructor(private readonly dosync: Dosync<any>) {}

  get isEmpty(): boolean {
    return this.claimed.length === 0
  }

  /** Calls `then`, in a later microtask, when no operation on the ref is in flight. */
  await({ operating }: RefState, then: () => void): void {
    const { dosync } = this
    const later = (): void => dosync.later(then)
    if (operating === undefined || !operating.isBusy) return later()
    if (!this.claimed.includes(operating)) {
      operating.claim()
      this.claimed.push(operating)
    }
    operating.whenIdle(later)
  }

  /** Its run begins: now the others' patience counts. */
  watch(): void {
    if (this.isEmpty) return
    this.dosync.host.contention.impatience.watch(this, PATIENCE_MS, () => this.release())
  }

  release(): void {
    if (this.isEmpty) return
    this.dosync.host.contention.impatience.forget(this)
    for (const operating of this.claimed.splice(0)) operating.unclaim()
  }
}
