import { ClosedError } from '@avout/core'

/** How long a session lasts. What it holds ends with it; the data stays. */
export class Lifetime {
  #ended = false
  readonly #endings = new Set<() => void>()

  /** Throws `ClosedError` once the session was closed. */
  check(): void {
    if (this.#ended) throw new ClosedError('this session of the ZooKeeper backend is closed')
  }

  /** Calls `ending` at the end. Answers how to take that back. */
  onEnd(ending: () => void): () => void {
    this.#endings.add(ending)
    return () => this.#endings.delete(ending)
  }

  end(): void {
    this.#ended = true
    const endings = [...this.#endings]
    this.#endings.clear()
    for (const ending of endings) ending()
  }
}
