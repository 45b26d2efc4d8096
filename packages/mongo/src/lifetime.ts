import { ClosedError } from '@avout/core'

/** How long a session lasts. What it holds ends with it; what is stored stays. */
export class Lifetime {
  readonly #endings = new Set<() => void>()
  readonly #leaving = new Set<Promise<unknown>>()
  #ended = false

  get ended(): boolean {
    return this.#ended
  }

  /** Throws `ClosedError` once the session was closed. */
  check(): void {
    if (this.#ended) throw new ClosedError('this session of the mongo backend is closed')
  }

  /** Calls `ending` at the end. Answers how to take that back. */
  onEnd(ending: () => void): () => void {
    if (this.#ended) ending()
    else this.#endings.add(ending)
    return () => this.#endings.delete(ending)
  }

  /** Work that the connection has to outlive: what is given back at the end. */
  leave(work: Promise<unknown>): void {
    const left = Promise.allSettled([work])
    this.#leaving.add(left)
    void left.then(() => this.#leaving.delete(left))
  }

  /** Resolves when what was left is done. */
  async end(): Promise<void> {
    this.#ended = true
    const endings = [...this.#endings]
    this.#endings.clear()
    for (const ending of endings) ending()
    await Promise.all(this.#leaving)
  }
}
