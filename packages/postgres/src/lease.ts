import { LockLostError } from '@avout/core'
import type { Clock, Lease } from '@avout/core/backend'

/** A lease is renewed three times in its length: two renewals may come late. */
export const RENEWALS = 3

/** What keeps and gives back a hold in the store. */
export interface Hold {
  readonly lock: string
  readonly token: number
  /** Milliseconds. */
  readonly lease: number
  /** Answers false when the store no longer has it. */
  renew(): Promise<boolean>
  /** Answers false when the store no longer had it. */
  release(): Promise<boolean>
}

/**
 * A granted hold, whatever store it is in: renewed while the store answers, and told to be lost no later than the store can give
 * it to another. For that the time of the *sending* of the last renewal that succeeded counts, by the holder's own clock.
 */
export class HeldLease implements Lease {
  readonly #hold: Hold
  readonly #clock: Clock
  readonly #lost = new AbortController()
  readonly #ended = new AbortController()
  #until: number

  /** `asked` is when the claim that was granted was last sent. */
  constructor(hold: Hold, clock: Clock, asked: number) {
    this.#hold = hold
    this.#clock = clock
    this.#until = asked + hold.lease
    void this.#expire()
    void this.#renew()
  }

  get token(): number {
    return this.#hold.token
  }

  get lost(): AbortSignal {
    return this.#lost.signal
  }

  /** Calls `ending` when it is over, one way or the other. */
  onEnd(ending: () => void): void {
    this.#ended.signal.addEventListener('abort', ending, { once: true })
  }

  /** Once: a second call does nothing. */
  async release(): Promise<void> {
    if (this.#lost.signal.aborted) throw this.#lostError()
    if (this.#ended.signal.aborted) return
    this.#ended.abort()
    if (await this.#hold.release()) return
    this.lose()
    throw this.#lostError()
  }

  /** Ends it here: the store is no longer asked. */
  lose(): void {
    this.#ended.abort()
    this.#lost.abort(this.#lostError())
  }

  async #expire(): Promise<void> {
    for (;;) {
      const left = this.#until - this.#clock.now()
      if (left > 0) await quiet(this.#clock.sleep(left, this.#ended.signal))
      if (this.#ended.signal.aborted) return
      if (this.#clock.now() >= this.#until) return this.lose()
    }
  }

  async #renew(): Promise<void> {
    const { lease } = this.#hold
    let wait = lease / RENEWALS
    while (!this.#ended.signal.aborted) {
      await quiet(this.#clock.sleep(wait, this.#ended.signal))
      if (this.#ended.signal.aborted) return
      const asked = this.#clock.now()
      const [outcome] = await Promise.allSettled([this.#hold.renew()])
      if (outcome.status === 'fulfilled' && !outcome.value) {
        if (!this.#ended.signal.aborted) this.lose()
        return
      }
      if (outcome.status === 'fulfilled') this.#until = asked + lease
      // A store that does not answer is asked again soon: it may be back before the lease is over.
      wait = outcome.status === 'fulfilled' ? lease / RENEWALS : Math.min(lease / 10, 500)
    }
  }

  #lostError(): LockLostError {
    return new LockLostError(`the lock "${this.#hold.lock}" was lost: its lease ended`, this.#hold.lock)
  }
}

/** A sleep that also ends, without a word, when it is cut short. */
async function quiet(sleep: Promise<void>): Promise<void> {
  await Promise.allSettled([sleep])
}
