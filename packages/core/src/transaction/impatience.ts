import type { Platform, Timer } from '../platform/platform.js'

/** Wakes those who have waited too long, by one timer for all. */
export class Impatience {
  private readonly waiting = new Map<object, { since: number; patience: number; hurry: () => void }>()
  private timer: Timer | undefined = undefined

  constructor(private readonly platform: Platform) {}

  watch(waiter: object, patience: number, hurry: () => void): void {
    this.waiting.set(waiter, { since: this.platform.clock.now(), patience, hurry })
    this.timer ??= this.platform.setTimer(patience, this.look)
  }

  forget(waiter: object): void {
    this.waiting.delete(waiter)
  }

  close(): void {
    this.timer?.cancel()
    this.waiting.clear()
  }

  private readonly look = (): void => {
    this.timer = undefined
    const now = this.platform.clock.now()
    let next = Number.POSITIVE_INFINITY
    for (const [waiter, { since, patience, hurry }] of [...this.waiting]) {
      if (now - since >= patience) {
        this.waiting.delete(waiter)
        hurry()
      } else next = Math.min(next, since + patience - now)
    }
    if (this.waiting.size > 0) this.timer ??= this.platform.setTimer(Math.ceil(Math.min(next, 1_000)), this.look)
  }
}
