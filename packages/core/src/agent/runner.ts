import { backoff } from '../commit/backoff.js'
import type { Lease } from '../contracts/lock.js'
import type { AgentRefs } from './agent-refs.js'
import type { Applying } from './applying.js'
import type { AgentHost } from './host.js'

/** How long the lock of an agent outlives the process that runs it, in ms. */
const LEASE_MS = 10_000

/**
 * Runs an agent in this process: waits for its turn, which a lock of the coordinator gives to one process at a time, and applies
 * what is sent until it is stopped or loses the lock. The lock saves effects; what counts is decided by the transactions.
 */
export class Runner implements AsyncDisposable {
  private readonly stopped = new AbortController()
  /** Resolves when nothing of it runs any more. */
  readonly ended: Promise<void>
  /** Turns in a row that came to nothing. */
  private failures = 0

  constructor(
    private readonly host: AgentHost,
    private readonly refs: AgentRefs<any>,
    private readonly applying: Applying,
    private readonly owner: string,
    signal: AbortSignal | undefined,
  ) {
    const stop = (): void => this.stop(signal?.reason)
    signal?.addEventListener('abort', stop)
    if (signal?.aborted) stop()
    this.ended = this.run().finally(() => signal?.removeEventListener('abort', stop))
  }

  stop(reason?: unknown): void {
    this.stopped.abort(reason)
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.stop()
    return this.ended
  }

  private async run(): Promise<void> {
    const { signal } = this.stopped
    while (!signal.aborted) {
      try {
        await this.takeTurn(signal)
      } catch (error) {
        if (signal.aborted) return
        this.host.reports.noticed(error, `the agent ${this.refs.name} cannot be run here; it will be tried again`)
        await Promise.allSettled([backoff(this.host.platform, this.failures++, signal)])
      }
    }
  }

  private async takeTurn(stopped: AbortSignal): Promise<void> {
    const { lockOf } = this.host
    if (lockOf === undefined) return this.work(stopped)
    const lock = lockOf(`~agent:${this.refs.name}`)
    const lease = await lock.acquire('write', { lease: LEASE_MS, owner: this.owner, signal: stopped })
    try {
      await this.workWhile(lease, stopped)
    } finally {
      await Promise.allSettled([lease.release()]) // one that is lost needs none
    }
  }

  private async workWhile({ lost }: Lease, stopped: AbortSignal): Promise<void> {
    const working = new AbortController()
    const stops = [stopped, lost].map((signal) => {
      const stop = (): void => working.abort(signal.reason)
      signal.addEventListener('abort', stop)
      if (signal.aborted) stop()
      return () => signal.removeEventListener('abort', stop)
    })
    try {
      await this.work(working.signal)
    } finally {
      for (const stop of stops) stop()
    }
  }

  /** Begins with all that the last one to run it has committed: effects are not to be had twice if that can be helped. */
  private async work(signal: AbortSignal): Promise<void> {
    const stopPolling = this.host.keepPolling()
    try {
      await this.host.learnTail()
      while (!signal.aborted) {
        const { hasFailed, queue } = this.refs
        const send = hasFailed ? undefined : queue.next
        if (send === undefined) await this.news(signal)
        else {
          await this.applying.apply(send, signal)
          this.failures = 0
        }
      }
    } finally {
      stopPolling()
    }
  }

  /** Resolves when there is something new to look at, or the signal aborts. */
  private news(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const stopListening = this.refs.listen(heard)
      signal.addEventListener('abort', heard)
      function heard(): void {
        stopListening()
        signal.removeEventListener('abort', heard)
        resolve()
      }
    })
  }
}
