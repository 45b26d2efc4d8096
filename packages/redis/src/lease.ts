import { LockLostError } from '@avout/core'
import type { Clock, Lease } from '@avout/core/backend'

/** A lease is renewed three times in its length: two renewals may come late. */
const RENEWALS = 3

/** What a store has to do for a lease. */
export interface Held {
  readonly lock: string
  readonly token: number
  /** Milliseconds. */
  readonly lease: number
  /** When it ends by the holder's clock unless it is renewed: counted from before the request that granted it. */
  readonly ends: number
  /** False where the store knows it no more. A rejection counts for nothing: there is time for another. */
  renew(): Promise<boolean>
  /** False where the store knew it no more. */
  giveBack(): Promise<boolean>
  /** Called once, when it is over in whatever way. */
  over(): void
}

/** A grant that is renewed until it is released, or lost: then it says so no later than the store may grant to another. */
export class HeldLease implements Lease {
  readonly #held: Held
  readonly #clock: Clock
  readonly #lost = new AbortController()
  readonly #ended = new AbortController()
  #ends: number
  /** Why the last renewal that failed did so. */
  #failure: unknown = 'no answer'
  #released: Promise<void> | undefined

  constructor(held: Held, clock: Clock) {
    this.#held = held
    this.#clock = clock
    this.#ends = held.ends
    void this.#renewing()
    void this.#watching()
  }

  get token(): number {
    return this.#held.token
  }

  get lost(): AbortSignal {
    return this.#lost.signal
  }

  release(): Promise<void> {
    this.#released ??= this.#release()
    return this.#released
  }

  /** It is held no longer, whoever may think so. */
  lose(why: string): void {
    if (this.#ended.signal.aborted) return
    this.#end()
    this.#lost.abort(new LockLostError(`the lock "${this.#held.lock}" was lost: ${why}`, this.#held.lock))
  }

  async #release(): Promise<void> {
    if (this.#lost.signal.aborted) throw this.#lost.signal.reason
    this.#end()
    if (await this.#held.giveBack()) return
    throw new LockLostError(`the lock "${this.#held.lock}" was lost before its release`, this.#held.lock)
  }

  #end(): void {
    this.#ended.abort()
    this.#held.over()
  }

  async #renewing(): Promise<void> {
    while (await this.#sleep(this.#held.lease / RENEWALS)) {
      const began = this.#clock.now()
      try {
        if (await this.#held.renew()) this.#ends = began + this.#held.lease
        else this.lose('its lease ended')
      } catch (error) {
        // If it goes on like that, the lease ends by the clock.
        this.#failure = error
      }
    }
  }

  async #watching(): Promise<void> {
    // What may be a moment early must not be asked for at every moment.
    while (await this.#sleep(Math.max(1, this.#ends - this.#clock.now()))) {
      if (this.#clock.now() >= this.#ends) this.lose(`it could not be renewed in time (${String(this.#failure)})`)
    }
  }

  /** False when it is over. */
  async #sleep(ms: number): Promise<boolean> {
    try {
      await this.#clock.sleep(ms, this.#ended.signal)
    } catch (error) {
      if (!this.#ended.signal.aborted) throw error
    }
    return !this.#ended.signal.aborted
  }
}
