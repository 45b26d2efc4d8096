import type { Platform, Timer } from '../platform/platform.js'

/** What ends when its time has come. */
export interface Timed {
  /** By the clock, in ms; Infinity while its time stands still. */
  readonly deadline: number
  /** Its place among the others; -1 when it is not there. */
  place: number
  timedOut(): void
}

/**
 * The deadlines of all that runs, by one timer: one each would cost more than most transactions. The timer keeps the process alive
 * only while something runs.
 *
 * An array in which each knows its place, and not a Set: a Set whose members come and go is rebuilt again and again, and its old
 * tables keep what they held from the young garbage collection.
 */
export class Deadlines<T extends Timed> {
  private readonly running: T[] = []
  private timer: Timer | undefined = undefined
  private wakesAt = Number.POSITIVE_INFINITY

  constructor(private readonly platform: Platform) {}

  get size(): number {
    return this.running.length
  }

  /** Those that run, in no order. */
  get all(): readonly T[] {
    return this.running
  }

  add(timed: T): void {
    timed.place = this.running.push(timed) - 1
    if (timed.place === 0) this.timer?.ref()
    this.changed(timed)
  }

  /** Its deadline has moved. */
  changed(timed: T): void {
    if (timed.deadline < this.wakesAt) this.wakeAt(timed.deadline)
  }

  delete(timed: T): void {
    const { place } = timed
    if (place < 0) return
    timed.place = -1
    const last = this.running.pop() as T
    if (last !== timed) {
      this.running[place] = last
      last.place = place
    }
    if (this.running.length === 0) this.timer?.unref()
  }

  close(): void {
    this.timer?.cancel()
    this.timer = undefined
    this.wakesAt = Number.POSITIVE_INFINITY
  }

  private wakeAt(deadline: number): void {
    this.timer?.cancel()
    this.wakesAt = deadline
    this.timer = this.platform.setTimer(Math.max(0, deadline - this.platform.clock.now()), this.look)
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
