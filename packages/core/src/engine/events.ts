import type { Events } from '../api/avout.js'
import type { Logger } from '../api/logger.js'

type Listeners<E extends keyof Events> = Set<(payload: Events[E]) => void>

/** Who listens to a client. A listener that throws is told of, and stops nobody. */
export class EventHub {
  private readonly listeners = new Map<keyof Events, Listeners<any>>()

  constructor(private readonly logger: Logger | undefined) {}

  on<E extends keyof Events>(event: E, listener: (payload: Events[E]) => void): Disposable {
    const listeners: Listeners<E> = this.listeners.get(event) ?? new Set()
    this.listeners.set(event, listeners)
    listeners.add(listener)
    return { [Symbol.dispose]: () => listeners.delete(listener) }
  }

  has(event: keyof Events): boolean {
    return (this.listeners.get(event)?.size ?? 0) > 0
  }

  tell<E extends keyof Events>(event: E, payload: Events[E]): void {
    for (const listener of this.listeners.get(event) ?? []) {
      try {
        listener(payload)
      } catch (error) {
        this.logger?.error({ event, error }, 'a listener threw')
      }
    }
  }
}
