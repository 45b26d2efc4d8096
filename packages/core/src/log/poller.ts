import type { Clock } from '../contracts/clock.js'

/**
 * A composed log pushes nothing, so a session that has subscribers looks at the tail now and then. What it tells is a hint: a
 * look that fails is as good as one that finds nothing.
 */
export class Poller {
  readonly #tail: () => Promise<number>
  readonly #clock: Clock
  readonly #interval: number
  readonly #wakes = new Set<{ readonly wake: () => void }>()
  #stop = new AbortController()

  constructor(tail: () => Promise<number>, clock: Clock, interval: number) {
    this.#tail = tail
    this.#clock = clock
    this.#interval = interval
  }

  async add(wake: () => void): Promise<AsyncDisposable> {
    const seen = await this.#tail()
    const subscription = { wake }
    this.#wakes.add(subscription)
    if (this.#wakes.size === 1) {
      this.#stop = new AbortController()
      void this.#poll(seen, this.#stop.signal)
    }
    return {
      [Symbol.asyncDispose]: async () => {
        if (this.#wakes.delete(subscription) && this.#wakes.size === 0) this.#stop.abort()
      },
    }
  }

  end(): void {
    this.#wakes.clear()
    this.#stop.abort()
  }

  async #poll(from: number, ended: AbortSignal): Promise<void> {
    let seen = from
    while (await this.#pause(ended)) {
      const tail = await this.#tail().catch(() => seen)
      if (tail > seen && !ended.aborted) for (const { wake } of this.#wakes) wake()
      seen = tail
    }
  }

  /** False when it was ended: then the sleep rejects. */
  #pause(ended: AbortSignal): Promise<boolean> {
    return this.#clock.sleep(this.#interval, ended).then(
      () => !ended.aborted,
      () => false,
    )
  }
}
