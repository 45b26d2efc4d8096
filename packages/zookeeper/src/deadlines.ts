/** What waits for an answer, and until when. */
export interface Waiting {
  readonly deadline: number
  expire(): void
}

/**
 * The one timer of many calls that all may take equally long: they expire in the order in which they were added, so only the
 * first has to be looked at. Without it nothing here ends by itself: drivers leave calls unanswered.
 */
export class Deadlines<T extends Waiting> {
  readonly #waiting = new Set<T>()
  #timer: NodeJS.Timeout | undefined

  add(waiting: T): void {
    this.#waiting.add(waiting)
    if (this.#timer === undefined) this.#arm(waiting)
    else if (this.#waiting.size === 1) this.#timer.ref()
  }

  delete(waiting: T): void {
    this.#waiting.delete(waiting)
    // A timer of its own for each call would cost more than one that now and then fires in vain.
    if (this.#waiting.size === 0) this.#timer?.unref()
  }

  /** All that still wait. */
  all(): T[] {
    return [...this.#waiting]
  }

  #arm({ deadline }: Waiting): void {
    // One that expired and was given more time has been added again, and armed it: there is one timer all the same.
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#fire(), Math.max(1, deadline - performance.now()))
  }

  #fire(): void {
    this.#timer = undefined
    const now = performance.now()
    for (const waiting of this.#waiting) {
      if (waiting.deadline > now) {
        this.#arm(waiting)
        return
      }
      this.#waiting.delete(waiting)
      waiting.expire()
    }
  }
}
