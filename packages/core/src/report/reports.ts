import type { Events } from '../api/avout.js'
import type { Logger } from '../api/logger.js'
import { LogDivergedError } from '../errors.js'

type Listeners<E extends keyof Events> = Set<(payload: Events[E]) => void>

/**
 * What a client tells outside: events to whoever listens, and to its logger what went wrong and is nobody's answer. A listener that
 * throws is told of, and stops nobody.
 */
export class Reports {
  private readonly listeners = new Map<keyof Events, Listeners<any>>()
  private isOver = false

  constructor(private readonly logger: Logger | undefined) {}

  on<E extends keyof Events>(event: E, listener: (payload: Events[E]) => void): Disposable {
    const listeners: Listeners<E> = this.listeners.get(event) ?? new Set()
    this.listeners.set(event, listeners)
    listeners.add(listener)
    return { [Symbol.dispose]: () => listeners.delete(listener) }
  }

  /** Whether anybody listens: what nobody hears need not be made. */
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

  /** Something failed where nobody waits for it, or that will be tried again. Of a client that has stopped, it is no news. */
  noticed(error: unknown, what: string): void {
    if (!this.isOver) this.logger?.warn({ error }, what)
  }

  watchFailed(name: string, error: unknown): void {
    this.logger?.error({ name, error }, 'a watch threw')
    this.tell('watchError', { name, error })
  }

  /** An action failed, here. */
  agentFailed(failure: Events['agentError']): void {
    this.logger?.error(failure, 'an action of an agent failed')
    this.tell('agentError', failure)
  }

  /** The client cannot go on. */
  clientFailed(error: unknown): void {
    this.logger?.error({ error }, 'this client stops')
    if (LogDivergedError.isInstance(error)) this.tell('diverged', error)
  }

  /** The client has stopped. */
  end(): void {
    this.isOver = true
  }
}
