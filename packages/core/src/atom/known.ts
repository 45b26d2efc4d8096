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
  /** How often this client has set it: what was asked before that may be older. */
  private sets = 0
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

  async compareAndSet(expected: Data | undefined, value: Data): Promise<boolean> {
    const since = this.platform.clock.now()
    if (!(await this.cell.compareAndSet(expected, value))) return false
    this.sets++
    this.learn(value, since)
    return true
  }

  private async ask(): Promise<void> {
    for (;;) {
      const { sets } = this
      const since = this.platform.clock.now()
      const data = await this.cell.read()
      if (sets !== this.sets) continue // it may be older than what this client has set meanwhile
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
