import type { Platform } from '../platform/platform.js'

/** Tells when the last piece of work has ended. */
export class Drained {
  private waiting: (() => void)[] = []

  constructor(
    private readonly platform: Platform,
    private readonly isDrained: () => boolean,
  ) {}

  /** Resolves when nothing is at work any more, at the latest after `ms`. */
  within(ms: number): Promise<void> {
    if (this.isDrained()) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = this.platform.setTimer(ms, resolve)
      this.waiting.push(() => {
        timer.cancel()
        resolve()
      })
    })
  }

  /** Something has ended: it may have been the last. */
  look(): void {
    if (this.waiting.length === 0 || !this.isDrained()) return
    for (const wake of this.waiting.splice(0)) wake()
  }
}
