/** Who wants to hear of one thing. */
export interface Listener {
  readonly call: () => void
  /** What is compared where nothing is pushed, to see whether it has changed; without it each look counts as a change. */
  readonly look?: (() => Promise<string>) | undefined
  seen?: string | undefined
}

/** Who wants to hear of what, by topic. */
export class Listeners {
  readonly #topics = new Map<string, Set<Listener>>()

  get size(): number {
    return this.#topics.size
  }

  add(topic: string, listener: Listener): () => void {
    const listeners = this.#topics.get(topic) ?? new Set()
    this.#topics.set(topic, listeners)
    listeners.add(listener)
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0 && this.#topics.get(topic) === listeners) this.#topics.delete(topic)
    }
  }

  wake(topic: string): void {
    for (const listener of this.#topics.get(topic) ?? []) soon(listener)
  }

  wakeAll(): void {
    for (const topic of this.#topics.keys()) this.wake(topic)
  }

  /** Looks for what has changed, where nobody pushes. Rejects when the store does not answer. */
  async look(): Promise<void> {
    const all = [...this.#topics.values()].flatMap((listeners) => [...listeners])
    await Promise.all(
      all.map(async (listener) => {
        const now = await listener.look?.()
        const before = listener.seen
        listener.seen = now
        if (now === undefined || now !== before) soon(listener)
      }),
    )
  }
}

/** A task each: what one listener throws surfaces, and the others are called nevertheless. */
function soon(listener: Listener): void {
  queueMicrotask(listener.call)
}
