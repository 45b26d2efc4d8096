import type { Platform, Timer } from '../platform/platform.js'

/** What ends when its time has come. */
export interface Timed {
  /** By the clock, in ms; Infinity while its time stands still. */
  readonly deadline: number
  timedOut(): void
}

/**
 * The deadlines of all that runs, by one timer: one each would cost more than most transactions. The timer keeps the process alive
 * only while something runs.
 */
export class Deadlines {
  private readonly running = new Set<Timed>()
  private timer: Timer | undefined = undefined
  private wakesAt = Number.POSITIVE_INFINITY

  constructor(private readonly platform: Platform) {}

  get size(): number {
    return this.running.size
  }

  add(timed: Timed): void {
    this.running.add(timed)
    if (this.running.size === 1) this.timer?.ref()
    this.changed(timed)
  }

  /** Its deadline has moved. */
  changed(timed: Timed): void {
    if (timed.deadline < this.wakesAt) this.wakeAt(timed.deadline)
  }

  delete(timed: Timed): void {
    this.running.delete(timed)
    if (this.running.size === 0) this.timer?.unref()
  }

  values(): IterableIterator<Timed> {
    return this.running.values()
  }

  close(): void {
    this.timer?.cancel()
    this.timer = undefined
    this.wakesAt = Number.POSITIVE_INFINITY
  }

  private wakeAt(deadline: number): void {
    this.timer?.cancel()
    this.wakesAt = deadline
    // Timers of the machine hold 31 bits; a later wake-up only looks again.
    const ms = Math.min(Math.max(0, deadline - this.platform.clock.now()), 2 ** 31 - 1)
    this.timer = this.platform.setTimer(Math.ceil(ms), this.look)
  }

  private readonly look = (): void => {
    this.timer = undefined
    this.wakesAt = Number.POSITIVE_INFINITY
    const now = this.platform.clock.now()
    let next = Number.POSITIVE_INFINITY
    for (const timed of [...this.running]) {
      if (timed.deadline <= now) timed.timedOut()
      else if (timed.deadline < next) next = timed.deadline
    }
    if (next < this.wakesAt) this.wakeAt(next)
  }
}
