import { internalRef, type RefDefinition } from '../api/definitions.js'
import type { Condition, HeldLock, LockOptions } from '../api/lock.js'
import { checkName } from '../api/names.js'
import { checkLockOptions } from '../api/options.js'
import { UnavailableError, usageError } from '../errors.js'
import { Held } from './held.js'
import type { LockHost } from './host.js'
import type { LockHandle } from './lock-handle.js'

/** How long one that waits outlives its last sign of life, in ms. */
const LEASE_MS = 10_000

type Tickets = readonly string[]

/**
 * A condition of a lock (Hoare's monitors, with Mesa's semantics), out of our own parts: its queue of tickets is a hidden ref,
 * one that waits sleeps in `retry` until its ticket is gone, and holds a lock of its ticket's name as a sign of life, so that a
 * signal does not go to the dead.
 */
export class ConditionHandle implements Condition {
  private readonly tickets: RefDefinition<Tickets>

  constructor(
    private readonly host: LockHost,
    private readonly lock: LockHandle,
    private readonly name: string,
  ) {
    this.tickets = internalRef<Tickets>(`~condition:${lock.name}/${checkName('condition', name)}`, [])
  }

  async wait(held: HeldLock, options: LockOptions = {}): Promise<void> {
    checkLockOptions(options)
    const own = this.check(held)
    const ticket = this.host.platform.randomId()
    const life = await this.lifeOf(ticket).acquire('write', { lease: options.lease ?? LEASE_MS, owner: ticket })
    try {
      await this.change((tickets) => [...tickets, ticket])
      await own.release()
      try {
        await this.signalled(ticket, options)
      } finally {
        await this.lock.retake(own, options)
      }
    } finally {
      await Promise.allSettled([life.release()]) // one that is lost needs none
    }
  }

  async signal(held: HeldLock): Promise<void> {
    this.check(held)
    for (;;) {
      const [first] = await this.host.dosync((tx) => tx.get(this.tickets), {}, true)
      if (first === undefined) return
      const lives = (await this.lifeOf(first).queue()).some(({ holds }) => holds)
      const isGone = await this.remove(first)
      if (lives && !isGone) return
    }
  }

  async signalAll(held: HeldLock): Promise<void> {
    this.check(held)
    await this.change(() => [])
  }

  /** Sleeps until the ticket is gone. One that gives up takes it along, and hands on a signal that came meanwhile. */
  private async signalled(ticket: string, { timeout = this.host.options.timeout, signal }: LockOptions): Promise<void> {
    const waiting = new AbortController()
    const late = new UnavailableError(
      `the condition ${this.name} of the lock ${this.lock.name} was not signalled within ${timeout} ms`,
      '',
      { code: 'AVOUT_TIMEOUT' },
    )
    const timer = this.host.platform.setTimer(timeout, () => waiting.abort(late))
    const stop = (): void => waiting.abort(signal?.reason)
    signal?.addEventListener('abort', stop)
    if (signal?.aborted) stop()
    try {
      await this.host.dosync(
        async (tx) => ((await tx.get(this.tickets)).includes(ticket) ? tx.retry() : undefined),
        { signal: waiting.signal },
        false,
      )
    } catch (error) {
      if (!(await this.remove(ticket))) throw error
    } finally {
      timer.cancel()
      signal?.removeEventListener('abort', stop)
    }
  }

  /** Takes a ticket out of the queue; true where it was gone. */
  private remove(ticket: string): Promise<boolean> {
    return this.host.dosync(
      async (tx) => {
        const tickets = await tx.get(this.tickets)
        if (!tickets.includes(ticket)) return true
        tx.set(
          this.tickets,
          tickets.filter((other) => other !== ticket),
        )
        return false
      },
      {},
      false,
    )
  }

  private async change(f: (tickets: Tickets) => Tickets): Promise<void> {
    await this.host.dosync(async (tx) => void (await tx.alter(this.tickets, f)), {}, false)
  }

  private lifeOf(ticket: string) {
    const { lockOf } = this.host
    if (lockOf === undefined) throw usageError('AVOUT_NO_LOCK', 'the coordinator has no locks')
    return lockOf(`~waiter:${ticket}`)
  }

  private check(held: HeldLock): Held {
    if (held instanceof Held && held.name === this.lock.name && held.isHeld) return held
    throw usageError(
      'AVOUT_NOT_HELD',
      `the condition ${this.name} is for who holds the lock ${this.lock.name}: it was given back, was lost, or is another one`,
    )
  }
}
