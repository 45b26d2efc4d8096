import { LockLostError } from '@avout/core'
import type { Clock, Lease } from '@avout/core/backend'

/** A lease is renewed three times in its length: two renewals may come late. */
const RENEWALS = 3

/** What a lease is kept with. Knows nothing of the store. */
export interface Keeping {
  readonly name: string
  readonly token: number
  readonly lease: number
  /** By the clock: no later than the store began to count. */
  readonly granted: number
  /** Answers false when the store has given the lock away. */
  renew(): Promise<boolean>
  /** Likewise. */
  giveBack(): Promise<boolean>
}

/**
 * A lease that renews itself, and tells its loss: when the store says so, or, as others may be granted by then, when its time
 * has passed without a renewal. It counts from the moment at which it asked, so it ends here before it ends in the store.
 */
export class KeptLease implements Lease {
  readonly token: number
  readonly #keeping: Keeping
  readonly #clock: Clock
  readonly #lost = new AbortController()
  readonly #ended = new AbortController()
  #until: number

  constructor(keeping: Keeping, clock: Clock) {
    this.token = keeping.token
    this.#keeping = keeping
    this.#clock = clock
    this.#until = keeping.granted + keeping.lease
    void this.#renew()
    void this.#guard()
  }

  get lost(): AbortSignal {
    return this.#lost.signal
  }

  /** Calls `ending` when it is lost or given back. */
  onEnd(ending: () => void): void {
    this.#ended.signal.addEventListener('abort', ending, { once: true })
  }

  async release(): Promise<void> {
    if (this.#lost.signal.aborted) throw this.#lostError()
    if (this.#ended.signal.aborted) return
    this.#ended.abort()
    if (!(await this.#keeping.giveBack())) {
      this.lose()
      throw this.#lostError()
    }
  }

  /** Tells that it is lost. */
  lose(): void {
    this.#ended.abort()
    this.#lost.abort(this.#lostError())
  }

  async #renew(): Promise<void> {
    while (await this.#pause(this.#keeping.lease / RENEWALS)) {
      const asked = this.#clock.now()
      // A renewal without an answer changes nothing: the next one may have it, or the time runs out.
      const [renewed] = await Promise.allSettled([this.#keeping.renew()])
      if (renewed?.status !== 'fulfilled' || this.#ended.signal.aborted) continue
      if (renewed.value) this.#until = Math.max(this.#until, asked + this.#keeping.lease)
      else this.lose()
    }
  }

  async #guard(): Promise<void> {
    while (await this.#pause(this.#until - this.#clock.now())) if (this.#clock.now() >= this.#until) this.lose()
  }

  /** False when it ended. */
  #pause(ms: number): Promise<boolean> {
    return this.#clock.sleep(Math.max(1, ms), this.#ended.signal).then(
      () => !this.#ended.signal.aborted,
      () => false,
    )
  }

  #lostError(): LockLostError {
    return new LockLostError(`the lock "${this.#keeping.name}" was lost: its lease ended`, this.#keeping.name)
  }
}
