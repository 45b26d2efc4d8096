import type { Platform } from '../platform/platform.js'
import type { Hashes } from './hashes.js'
import type { Random } from './random.js'
import type { Scheduled, ScheduledEvent } from './scheduled-event.js'
import type { Scheduler } from './scheduler.js'
import { simPlatform } from './sim-platform.js'

/**
 * The machine that one client runs on. Crashed, it never runs anything again: what it has sent travels on, what comes back
 * finds nobody. Paused, it runs nothing until resumed, and then everything that it missed.
 */
export class SimProcess {
  readonly name: string
  readonly random: Random
  readonly platform: Platform
  readonly #scheduler: Scheduler
  #crashed = false
  #held: ScheduledEvent[] | undefined
  #skew = 0

  constructor(scheduler: Scheduler, host: Platform, hashes: Hashes, name: string, random: Random) {
    this.#scheduler = scheduler
    this.name = name
    this.random = random
    this.platform = simPlatform(this, host, hashes)
  }

  get crashed(): boolean {
    return this.#crashed
  }

  get paused(): boolean {
    return this.#held !== undefined
  }

  /** Its own clock, in milliseconds. */
  now(): number {
    return this.#scheduler.now + this.#skew
  }

  /** Puts its clock forward. */
  skew(ms: number): void {
    this.#skew += Math.max(0, ms)
  }

  schedule(delay: number, task: () => void, label: string): Scheduled {
    return this.#scheduler.scheduleTimer(delay, task, label, this)
  }

  crash(): void {
    this.#crashed = true
    this.#held = undefined
  }

  pause(): void {
    if (!this.#crashed) this.#held ??= []
  }

  resume(): void {
    const held = this.#held ?? []
    this.#held = undefined
    this.#scheduler.release(held)
  }

  /** Keeps an event that is due for later, if this process is paused. For `Scheduler`. */
  hold(event: ScheduledEvent): boolean {
    this.#held?.push(event)
    return this.#held !== undefined
  }
}
