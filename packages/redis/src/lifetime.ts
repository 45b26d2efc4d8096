import { ClosedError } from '@avout/core'

type Ending = () => void | Promise<void>

/** How long a session lasts. What it holds ends with it; the data stays. */
export class Lifetime {
  #ended = false
  readonly #endings = new Set<Ending>()

  get ended(): boolean {
    return this.#ended
  }

  /** Throws `ClosedError` once the session was closed. */
  check(): void {
    if (this.#ended) throw new ClosedError('this session of the Redis backend is closed')
  }

  /** Calls `ending` at the end. Answers how to take that back. */
  onEnd(ending: Ending): () => void {
    this.#endings.add(ending)
    return () => this.#endings.delete(ending)
  }

  /** Resolves when all endings are done; what they could not tell the store ends there by time. */
  async end(): Promise<void> {
    if (this.#ended) return
    this.#ended = true
    const endings = [...this.#endings]
    this.#endings.clear()
    await Promise.allSettled(endings.map(async (ending) => ending()))
  }
}
