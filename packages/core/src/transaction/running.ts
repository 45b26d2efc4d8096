import type { Platform } from '../platform/platform.js'
import { Deadlines } from './deadlines.js'
import type { Dosync } from './dosync.js'

/** The transactions of one client that have not ended: when their time is up, what they see, and what ends them from outside. */
export class Running {
  private readonly deadlines: Deadlines<Dosync<any>>

  constructor(
    platform: Platform,
    /** One has ended: it may have been the last. */
    private readonly ended: () => void,
  ) {
    this.deadlines = new Deadlines(platform)
  }

  get isEmpty(): boolean {
    return this.deadlines.size === 0
  }

  /** Its deadline counts from now, until it has ended. */
  add(dosync: Dosync<any>): void {
    this.deadlines.add(dosync)
  }

  deadlineMoved(dosync: Dosync<any>): void {
    this.deadlines.changed(dosync)
  }

  delete(dosync: Dosync<any>): void {
    this.deadlines.delete(dosync)
    this.ended()
  }

  /** The oldest position that a body may still ask for, `newest` being the last one replayed. */
  oldestView(newest: number): number {
    let oldest = newest
    for (const dosync of this.deadlines.all) {
      if (dosync.isRunning && dosync.run.position < oldest) oldest = dosync.run.position
    }
    return oldest
  }

  /** No view that holds this client's transactions up to `order` or later can be served any more. */
  doomViews(order: number): void {
    for (const dosync of this.all()) if (dosync.run !== undefined && dosync.run.order >= order) dosync.run.doom()
  }

  /** Ends those that sleep in retry(): nobody would wake them. */
  interruptParked(reason: unknown): void {
    for (const dosync of this.all()) if (dosync.isParked) dosync.interrupt(reason)
  }

  interrupt(reason: unknown): void {
    for (const dosync of this.all()) dosync.interrupt(reason)
  }

  /** No deadline counts any more. */
  close(): void {
    this.deadlines.close()
  }

  /** As of now: what is done to one may end others. */
  private all(): Dosync<any>[] {
    return [...this.deadlines.all]
  }
}
