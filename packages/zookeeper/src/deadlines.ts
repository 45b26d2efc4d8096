/** What waits for an answer, and until when. */
export interface Waiting {
  readonly deadline: number
  expire(): void
}

/**
 * The one timer of many calls that all may take equally long: they expire in the order in which they were added, so only the
 * first has to be looked at. Without it nothing here ends by itself: drivers leave calls unanswered.
 */
export class Deadlines {
  readonly #waiting = new Set<Waiting>()
  #timer: NodeJS.Timeout | undefined

  add(waiting: Waiting): void {
    this.#waiting.add(waiting)
    if (this.#timer === undefined) this.#arm(waiting)
    else if (this.#waiting.size === 1) this.#timer.ref()
  }

  delete(waiting: Waiting): void {
    this.#waiting.delete(waiting)
    // A timer of its own for each call would cost more than one that now and then fires in vain.
    if (this.#waiting.size === 0) this.#timer?.unref()
  }

  #arm({ deadline }: Waiting): void {
    // One may have been armed by what was added while others expired.
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
