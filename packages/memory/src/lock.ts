import { ClosedError, LockLostError } from '@avout/core'
import type { Clock, Lease, Lock, Waiter } from '@avout/core/backend'
import { checkName } from './check.js'
import type { Lifetime } from './lifetime.js'
import type { Grant, LockData, Mode, Request } from './lock-data.js'

/** A lease is renewed three times in its length: two renewals may come late. */
const RENEWALS = 3

/**
 * A session's view of a lock. Leases are renewed by the holder's clock and end by the clock of who waits, so that a client
 * whose clock stands still (a crash, in a simulation) loses them as it would elsewhere.
 */
export class MemoryLock implements Lock {
  readonly #data: LockData
  readonly #lifetime: Lifetime
  readonly #clock: Clock

  constructor(data: LockData, lifetime: Lifetime, clock: Clock) {
    this.#data = data
    this.#lifetime = lifetime
    this.#clock = clock
  }

  async acquire(mode: Mode, options: { lease: number; owner: string; signal?: AbortSignal }): Promise<Lease> {
    this.#lifetime.check()
    const { lease, owner, signal } = options
    if (mode !== 'read' && mode !== 'write') throw new TypeError(`mode must be 'read' or 'write', not ${String(mode)}`)
    if (!(lease > 0) || !Number.isFinite(lease)) throw new TypeError(`lease must be milliseconds, not ${String(lease)}`)
    checkName('owner', owner)
    signal?.throwIfAborted()
    this.#data.expire(this.#clock.now())
    return this.#wait(mode, lease, owner, signal)
  }

  async queue(): Promise<readonly Waiter[]> {
    this.#lifetime.check()
    this.#data.expire(this.#clock.now())
    return [
      ...Array.from(this.#data.holders, ({ owner, token, since }) => ({ owner, token, holds: true, since })),
      ...this.#data.waiting.map(({ owner, since }) => ({ owner, token: 0, holds: false, since })),
    ]
  }

  #wait(mode: Mode, lease: number, owner: string, signal: AbortSignal | undefined): Promise<Lease> {
    return new Promise((resolve, reject) => {
      const settled = new AbortController()
      const since = this.#clock.now()
      const request: Request = {
        owner,
        mode,
        since,
        granted: (token) => {
          settled.abort()
          const held = new HeldLease(this.#data, this.#lifetime, this.#clock, { owner, mode, token, since, lease })
          resolve(held)
          return held.grant
        },
      }
      const giveUp = (reason: unknown) => {
        settled.abort()
        this.#data.withdraw(request)
        reject(reason)
      }
      this.#data.enqueue(request)
      if (settled.signal.aborted) return
      signal?.addEventListener('abort', () => giveUp(signal.reason), { once: true, signal: settled.signal })
      const forget = this.#lifetime.onEnd(() => giveUp(new ClosedError('closed while waiting for a lock')))
      settled.signal.addEventListener('abort', forget, { once: true })
      this.#watchHolders(settled.signal).catch(giveUp)
    })
  }

  /** While it waits: leases that end do so by its clock. */
  async #watchHolders(settled: AbortSignal): Promise<void> {
    while (!settled.aborted) {
      // What may be a moment late must not be asked for at every moment: a renewal in time moves the end ahead of it.
      await sleep(this.#clock, Math.max(1, this.#data.nextExpiry - this.#clock.now()), settled)
      if (!settled.aborted) this.#data.expire(this.#clock.now())
    }
  }
}

class HeldLease implements Lease {
  readonly grant: Grant
  readonly #data: LockData
  readonly #lost = new AbortController()
  readonly #ended = new AbortController()

  constructor(
    data: LockData,
    lifetime: Lifetime,
    clock: Clock,
    { owner, mode, token, since, lease }: { owner: string; mode: Mode; token: number; since: number; lease: number },
  ) {
    this.#data = data
    this.grant = {
      owner,
      mode,
      token,
      since,
      expires: clock.now() + lease,
      lose: () => {
        this.#ended.abort()
        this.#lost.abort(this.#lostError())
      },
    }
    const forget = lifetime.onEnd(() => data.revoke(this.grant))
    this.#ended.signal.addEventListener('abort', forget, { once: true })
    // Who cannot renew loses it, and is told so by `lost`.
    this.#renew(clock, lease).catch(() => data.revoke(this.grant))
  }

  get token(): number {
    return this.grant.token
  }

  get lost(): AbortSignal {
    return this.#lost.signal
  }

  async release(): Promise<void> {
    if (this.#lost.signal.aborted) throw this.#lostError()
    this.#ended.abort()
    this.#data.release(this.grant)
  }

  async #renew(clock: Clock, lease: number): Promise<void> {
    while (!this.#ended.signal.aborted) {
      await sleep(clock, lease / RENEWALS, this.#ended.signal)
      this.grant.expires = clock.now() + lease
    }
  }

  #lostError(): LockLostError {
    return new LockLostError(`the lock "${this.#data.name}" was lost: its lease ended`, this.#data.name)
  }
}

/** Also ends, quietly, when `ended` aborts. */
async function sleep(clock: Clock, ms: number, ended: AbortSignal): Promise<void> {
  try {
    await clock.sleep(ms, ended)
  } catch (error) {
    if (!ended.aborted) throw error
  }
}
