import { ClosedError, UnavailableError } from '@avout/core'
import type { Lease, Lock, Waiter } from '@avout/core/backend'
import { checkName } from './check.js'
import { HeldLease, RENEWALS } from './lease.js'
import type { Scope } from './scope.js'
import { once, repeatable } from './statement.js'

type Mode = 'read' | 'write'

const claim = once('claim', (s) => `select ticket, token from ${s}.lock_claim($1, $2, $3, $4, $5)`)
const renew = repeatable('renew', (s) => `select token, others_end from ${s}.lock_renew($1, $2, $3, $4)`)
const release = once('release', (s) => `select ${s}.lock_release($1, $2, $3)`)
const queue = repeatable(
  'queue',
  (s) => `select owner, token, extract(epoch from since)::double precision * 1000 from ${s}.lock_claims
    where realm = $1 and lock = $2 and expires > clock_timestamp() order by token = 0, ticket`,
)

/** What a claim waits for at most before it looks again, in ms. */
const LONGEST_LOOK = 1000

/** How soon a server that is away is asked again, in ms. */
const AGAIN = 100

/**
 * Leases are rows with the server's time, and who is next is decided by functions in the server: see `lockFunctions`. A claim
 * that waits is a lease too, so that a waiter that dies does not stand before others for ever.
 */
export class PostgresLock implements Lock {
  readonly #scope: Scope
  readonly #name: string

  constructor(scope: Scope, name: string) {
    this.#scope = scope
    this.#name = name
  }

  async acquire(mode: Mode, options: { lease: number; owner: string; signal?: AbortSignal }): Promise<Lease> {
    this.#scope.check()
    const { lease, owner, signal } = options
    if (mode !== 'read' && mode !== 'write') throw new TypeError(`mode must be 'read' or 'write', not ${String(mode)}`)
    if (!(lease > 0) || !Number.isFinite(lease)) throw new TypeError(`lease must be milliseconds, not ${String(lease)}`)
    checkName('owner', owner)
    signal?.throwIfAborted()
    for (;;) {
      const asked = this.#scope.clock.now()
      const [row] = await this.#scope.run<[number, number]>(claim, [...this.#lock, owner, mode === 'write', lease])
      const [ticket, token] = row as [number, number]
      const given = token > 0 ? { token, asked } : await this.#wait(ticket, lease, asked, signal)
      // If not, this process was away for longer than its claim lasts: once more, at the end of the queue.
      if (given !== undefined) return this.#held(ticket, given.token, lease, given.asked, signal)
    }
  }

  async queue(): Promise<readonly Waiter[]> {
    this.#scope.check()
    const rows = await this.#scope.run<[string, number, number]>(queue, this.#lock)
    return rows.map(([owner, token, since]) => ({ owner, token, holds: token > 0, since }))
  }

  get #lock(): [number, string] {
    return [this.#scope.realm, this.#name]
  }

  /** Until the claim, made or renewed last at `kept`, is granted: told so, or looking. Undefined when the claim has ended. */
  async #wait(ticket: number, lease: number, kept: number, signal: AbortSignal | undefined) {
    const { clock, lifetime } = this.#scope
    const ended = new AbortController()
    const forget = lifetime.onEnd(() => ended.abort(new ClosedError('closed while waiting for a lock')))
    const cancel = () => ended.abort(signal?.reason)
    signal?.addEventListener('abort', cancel, { once: true })
    if (signal?.aborted) cancel()
    let woken = new AbortController()
    const listening = this.#scope.listen(`T${ticket}`, () => woken.abort())
    try {
      for (let look = 0; ; ) {
        ended.signal.throwIfAborted()
        await Promise.allSettled([clock.sleep(look, AbortSignal.any([ended.signal, woken.signal]))])
        ended.signal.throwIfAborted()
        woken = new AbortController()
        const asked = clock.now()
        const rows = await this.#renewed(ticket, lease, kept)
        if (rows === undefined) {
          look = Math.min(AGAIN, lease / RENEWALS)
          continue
        }
        kept = asked
        const [row] = rows
        if (row === undefined) return undefined
        const [token, othersEnd] = row
        if (token > 0) {
          ended.signal.throwIfAborted()
          return { token, asked }
        }
        look = Math.max(1, Math.min(othersEnd ?? 0, lease / RENEWALS, LONGEST_LOOK))
      }
    } catch (error) {
      await this.#withdraw(ticket)
      throw error
    } finally {
      forget()
      signal?.removeEventListener('abort', cancel)
      await listening[Symbol.asyncDispose]()
    }
  }

  /** The claim, renewed. Undefined where the server is away: the claim outlives a restart, for as long as its lease. */
  async #renewed(ticket: number, lease: number, kept: number) {
    try {
      return await this.#scope.run<[number, number | null]>(renew, [...this.#lock, ticket, lease])
    } catch (error) {
      if (!UnavailableError.isInstance(error) || this.#scope.clock.now() >= kept + lease) throw error
      return undefined
    }
  }

  /** A claim that cannot be taken back now ends with its lease. */
  async #withdraw(ticket: number): Promise<void> {
    await Promise.allSettled([this.#scope.run(release, [...this.#lock, ticket])])
  }

  async #held(ticket: number, token: number, lease: number, asked: number, signal: AbortSignal | undefined) {
    const scope = this.#scope
    const { clock, lifetime } = scope
    try {
      // Both may have happened while the server was asked.
      signal?.throwIfAborted()
      scope.check()
    } catch (error) {
      await this.#withdraw(ticket)
      throw error
    }
    const at = [...this.#lock, ticket]
    const held = new HeldLease(
      {
        lock: this.#name,
        token,
        lease,
        renew: async () => (await scope.run(renew, [...at, lease])).length > 0,
        release: async () => (await scope.run<[boolean]>(release, at))[0]?.[0] === true,
      },
      clock,
      asked,
    )
    const forget = lifetime.onEnd(() => {
      held.lose()
      void this.#withdraw(ticket)
    })
    held.onEnd(forget)
    return held
  }
}
