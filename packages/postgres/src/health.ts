import type { BackendContext, BackendState } from '@avout/core/backend'

const FIRST_WAIT = 50
const LONGEST_WAIT = 1000

/** Whether the server answers, and, once it does not, trying until it does. */
export class Health {
  state: BackendState = 'connecting'
  #error: unknown
  #ended = false
  #trying = false
  #wake: (() => void) | undefined
  readonly #watchers = new Set<{ readonly report: BackendContext['report'] }>()
  readonly #probe: () => Promise<unknown>

  constructor(probe: () => Promise<unknown>) {
    this.#probe = probe
  }

  watch(report: BackendContext['report']): () => void {
    const watcher = { report }
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  answered(): void {
    if (this.state !== 'up') this.#become('up', undefined)
  }

  lost(error: unknown): void {
    if (this.#ended) return
    this.#error = error
    if (this.state === 'up') this.#become('connecting', error)
    if (!this.#trying) void this.#try()
  }

  end(): void {
    this.#ended = true
    this.#wake?.()
  }

  async #try(): Promise<void> {
    this.#trying = true
    for (let wait = FIRST_WAIT; !this.#ended; wait = Math.min(2 * wait, LONGEST_WAIT)) {
      await this.#pause(wait)
      if (this.#ended) break
      const [outcome] = await Promise.allSettled([this.#probe()])
      if (outcome.status === 'fulfilled') {
        this.answered()
        break
      }
      if (this.state !== 'down') this.#become('down', outcome.reason ?? this.#error)
    }
    this.#trying = false
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, ms)
      this.#wake = done
      function done() {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  #become(state: BackendState, error: unknown): void {
    this.state = state
    for (const { report } of this.#watchers) report(state, error)
  }
}
