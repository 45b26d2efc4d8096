import { setTimeout as sleep } from 'node:timers/promises'
import { AvoutError } from '@avout/core'

/** How long a store may be away before its clients give up, and how often they look, in milliseconds. */
const longest = 60_000
const pause = 200

/** Whether it may help to try again: a store did not answer, a rival was faster, a lock was lost, or it is not known what was done. */
export const isPassing = (error: unknown): boolean =>
  AvoutError.isInstance(error) && ['unavailable', 'unknown', 'conflict', 'lost'].includes(error.kind)

/** Puts up with stores that are away for a while. */
export class Patience {
  #since: number | undefined
  readonly #signal: AbortSignal

  constructor(signal: AbortSignal) {
    this.#signal = signal
  }

  /** Returns, after a pause, where it is worth another try. Throws what does not pass, or has not passed for a minute. */
  async after(error: unknown): Promise<void> {
    this.#since ??= performance.now()
    if (!isPassing(error) || performance.now() - this.#since > longest) throw error
    await sleep(pause, undefined, { signal: this.#signal })
  }

  /** All is well again. */
  restored(): void {
    this.#since = undefined
  }
}
