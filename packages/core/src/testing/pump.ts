import { platform as host } from '#platform'
import type { Timer } from '../platform/platform.js'
import type { Scheduler } from './scheduler.js'

/**
 * Runs a scheduler's events as they fall due, for programs that await simulated clients from outside. With a manual clock, time
 * stands still until `advance`; with the real one, it follows the machine's.
 */
export class Pump {
  readonly #scheduler: Scheduler
  readonly #manual: boolean
  readonly #epoch: number
  #limit: number
  #running = false
  #stopped = false
  #timer: Timer | undefined
  #waiting: (() => void)[] = []

  constructor(scheduler: Scheduler, clock: 'real' | 'manual') {
    this.#scheduler = scheduler
    this.#manual = clock === 'manual'
    this.#epoch = host.clock.now() - scheduler.now
    this.#limit = scheduler.now
    scheduler.onSchedule(() => this.#wake())
    this.#wake()
  }

  /** Moves a manual clock; resolves when all that fell due has run. */
  async advance(ms: number): Promise<void> {
    this.#limit += ms
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve)
      this.#wake()
    })
  }

  stop(): void {
    this.#stopped = true
    this.#timer?.cancel()
  }

  #wake(): void {
    if (this.#running || this.#stopped) return
    this.#running = true
    this.#timer?.cancel()
    host.defer(() => this.#next())
  }

  #next(): void {
    if (this.#stopped) return
    if (!this.#manual) this.#limit = host.clock.now() - this.#epoch
    const { due } = this.#scheduler
    if (due !== undefined && due <= this.#limit) {
      host.defer(() => this.#next())
      this.#scheduler.step()
      return
    }
    this.#running = false
    this.#scheduler.skipTo(this.#limit)
    for (const resolve of this.#waiting.splice(0)) resolve()
    if (!this.#manual && due !== undefined) this.#timer = host.setTimer(due - this.#limit, () => this.#wake())
  }
}
