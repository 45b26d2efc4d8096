import type { Lifetime } from './lifetime.js'
import { type Topic, topicKey, type Wake } from './topic.js'

interface Listener {
  readonly topic: Topic
  readonly wake: Wake
}

/** Who listens to what. */
export class Listeners {
  readonly #byTopic = new Map<string, Set<Listener>>()

  get isEmpty(): boolean {
    return this.#byTopic.size === 0
  }

  get topics(): Topic[] {
    return Array.from(this.#byTopic.values(), ([first]) => (first as Listener).topic)
  }

  /** `left` is called when this one has left. */
  add(topic: Topic, wake: Wake, lifetime: Lifetime, left: () => void): AsyncDisposable {
    const key = topicKey(topic)
    const listener = { topic, wake }
    const there = this.#byTopic.get(key) ?? new Set()
    this.#byTopic.set(key, there.add(listener))
    const leave = () => {
      forget()
      if (!there.delete(listener)) return
      if (there.size === 0) this.#byTopic.delete(key)
      left()
    }
    const forget = lifetime.onEnd(() => leave())
    return { [Symbol.asyncDispose]: async () => leave() }
  }

  /** What a listener throws surfaces, and the others are called nevertheless. */
  wake(key: string, position?: number): void {
    for (const listener of this.#byTopic.get(key) ?? []) this.#call(key, listener, position)
  }

  #call(key: string, listener: Listener, position?: number): void {
    queueMicrotask(() => {
      if (this.#byTopic.get(key)?.has(listener)) listener.wake(position)
    })
  }

  wakeAll(): void {
    for (const key of this.#byTopic.keys()) this.wake(key)
  }
}
