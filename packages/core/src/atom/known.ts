import { Shared } from '../commit/shared.js'
import type { Data } from '../contracts/data.js'
import type { Platform } from '../platform/platform.js'
import type { Cell } from './cell.js'

/** What a client knows of an atom's value: the newest that it has read or set, and when. */
export class Known {
  /** Undefined where the store holds nothing. */
  data: Data | undefined = undefined
  isKnown = false
  /** When the asking for it began. */
  private since = Number.NEGATIVE_INFINITY
  /** How many changes this client has begun, which of them was the last to succeed, and the one that is under way. */
  private begun = 0
  private setBy = 0
  private setting: Promise<boolean> | undefined = undefined
  private readonly reads: Shared<void>

  constructor(
    private readonly cell: Cell,
    private readonly platform: Platform,
    /** The value was found to be another one than was known; `before` is undefined where none was. */
    private readonly found: (before: Data | undefined, after: Data | undefined) => void,
  ) {
    this.reads = new Shared(() => this.ask())
  }

  /** Whether it was read or set at most `staleness` ms ago. */
  isFresh(staleness: number): boolean {
    return this.isKnown && staleness > 0 && this.platform.clock.now() - this.since <= staleness
  }

  /** Learns the newest value; shared by those who ask before the asking begins. */
  read(): Promise<void> {
    return this.reads.answer()
  }

  compareAndSet(expected: Data | undefined, value: Data): Promise<boolean> {
    const setting = this.set(expected, value, ++this.begun)
    this.setting = setting
    return setting
  }

  private async set(expected: Data | undefined, value: Data, number: number): Promise<boolean> {
    const since = this.platform.clock.now()
    try {
      if (!(await this.cell.compareAndSet(expected, value))) return false
      this.setBy = number
      this.learn(value, since)
      return true
    } finally {
      this.setting = undefined
    }
  }

  private async ask(): Promise<void> {
    for (;;) {
      const { begun, setBy } = this
      const since = this.platform.clock.now()
      const data = await this.cell.read()
      // A change of one's own that is under way may be in what was read, or may not: that is known when it is answered.
      if (this.setting !== undefined) await Promise.allSettled([this.setting])
      if (this.setBy > begun) return // It was begun after the reading: what it set is newer.
      if (this.setBy !== setBy) continue // It was begun before: what was read may be from before it, or of others after it.
      const { isKnown, data: before } = this
      this.learn(data, since)
      if (isKnown) this.found(before, data)
      return
    }
  }

  private learn(data: Data | undefined, since: number): void {
    this.data = data
    this.since = since
    this.isKnown = true
  }
}
