import type { Condition, HeldLock, Lock, LockOptions, LockQueueEntry } from '../api/lock.js'
import { checkLockOptions } from '../api/options.js'
import type { Awaitable } from '../api/transaction.js'
import { backoff } from '../commit/backoff.js'
import type { Lease, Lock as StoreLock } from '../contracts/lock.js'
import { UnavailableError, usageError } from '../errors.js'
import { ConditionHandle } from './condition.js'
import { recordGrant } from './grants.js'
import { type Grant, Held } from './held.js'
import type { Holding } from './holding.js'
import type { LockHost } from './host.js'

const LEASE_MS = 10_000

/** Others have it, or are before us. */
const NOT_FREE = Symbol('not free')

/** A lock of one client, in one mode. */
export class LockHandle implements Lock {
  constructor(
    private readonly host: LockHost,
    private readonly holding: Holding,
    readonly name: string,
    readonly mode: 'read' | 'write',
    readonly isRecorded: boolean,
  ) {}

  async acquire(options: LockOptions = {}): Promise<Held> {
    this.begin(options)
    return this.take(options, this.nextOwner())
  }

  async tryAcquire(options: LockOptions = {}): Promise<Held | null> {
    this.begin(options)
    const owner = this.nextOwner()
    const tried = new AbortController()
    const stop = (): void => tried.abort(options.signal?.reason)
    options.signal?.addEventListener('abort', stop)
    const taking = this.take({ ...options, signal: tried.signal }, owner)
    const looking = this.look(owner, tried)
    try {
      return await taking
    } catch (error) {
      if (error === NOT_FREE) return null
      throw error
    } finally {
      tried.abort(NOT_FREE)
      options.signal?.removeEventListener('abort', stop)
      await looking
    }
  }

  async withLock<R>(body: (held: HeldLock) => Awaitable<R>, options: LockOptions = {}): Promise<R> {
    const around = this.holding.around(this)
    if (around !== undefined) return body(around)
    const held = await this.acquire(options)
    let result: R
    try {
      result = await this.holding.within(held, body)
    } catch (error) {
      await held[Symbol.asyncDispose]()
      throw error
    }
    await held.release()
    return result
  }

  condition(name: string): Condition {
    return new ConditionHandle(this.host, this, name)
  }

  async queue(): Promise<readonly LockQueueEntry[]> {
    this.host.checkOpen()
    const entries = await this.store().queue()
    return entries.map(({ owner, token, holds, since }) => ({
      client: clientOf(owner),
      token: holds ? token : 0,
      holds,
      since: new Date(since),
    }))
  }

  /** Takes a lock that a condition gave back in between. */
  async retake(held: Held, options: LockOptions): Promise<void> {
    held.replace(await this.grant({ lease: options.lease }, this.nextOwner()))
    this.holding.keep(held)
  }

  private async take(options: LockOptions, owner: string): Promise<Held> {
    const grant = await this.grant(options, owner)
    const held = new Held(this.host, this.name, this.mode, grant, () => this.holding.forget(held))
    this.holding.keep(held)
    return held
  }

  private async grant(options: LockOptions, owner: string): Promise<Grant> {
    const { lease: ms = LEASE_MS, timeout = this.host.options.timeout, signal } = options
    const lease = await this.lease(ms, timeout, signal, owner)
    return this.isRecorded ? recordGrant(this.host, this, owner, lease) : { lease, token: lease.token, id: undefined }
  }

  private async lease(ms: number, timeout: number, signal: AbortSignal | undefined, owner: string): Promise<Lease> {
    signal?.throwIfAborted()
    const waiting = new AbortController()
    const late = Symbol('late')
    const timer = this.host.platform.setTimer(timeout, () => waiting.abort(late))
    const stop = (): void => waiting.abort(signal?.reason)
    signal?.addEventListener('abort', stop)
    try {
      return await this.store().acquire(this.mode, { lease: ms, owner, signal: waiting.signal })
    } catch (error) {
      throw error === late ? await this.timedOut(timeout) : error
    } finally {
      timer.cancel()
      signal?.removeEventListener('abort', stop)
    }
  }

  private async timedOut(timeout: number): Promise<UnavailableError> {
    const [asked] = await Promise.allSettled([this.queue()])
    const holders = asked.status === 'fulfilled' ? asked.value.filter(({ holds }) => holds) : []
    const who = holders.length === 0 ? '' : `: ${holders.map(({ client }) => client).join(', ')} held it`
    return new UnavailableError(`the lock ${this.name} was not granted within ${timeout} ms${who}`, '', {
      code: 'AVOUT_TIMEOUT',
    })
  }

  /** Ends an attempt as soon as it is seen to wait. */
  private async look(owner: string, tried: AbortController): Promise<void> {
    for (let attempt = 0; !tried.signal.aborted; attempt++) {
      const [asked, paused] = await Promise.allSettled([
        this.store().queue(),
        backoff(this.host.platform, attempt, tried.signal),
      ])
      if (paused.status === 'rejected') return
      if (asked.status === 'rejected') continue // the attempt itself tells whether the store answers
      const own = asked.value.find((entry) => entry.owner === owner)
      if (own !== undefined && !own.holds) tried.abort(NOT_FREE)
    }
  }

  private begin(options: LockOptions): void {
    this.host.checkOpen()
    checkLockOptions(options)
  }

  private store(): StoreLock {
    const { lockOf } = this.host
    if (lockOf !== undefined) return lockOf(this.name)
    throw usageError('AVOUT_NO_LOCK', `the coordinator has no locks: connect with { lock: … } to lock ${this.name}`)
  }

  /** Unlike that of any other attempt, and it tells who it is. */
  private nextOwner(): string {
    const { client, options } = this.host
    return `${options.name ?? client}/${client}/${this.holding.nextNumber()}`
  }
}

function clientOf(owner: string): string {
  const parts = owner.split('/')
  return parts.length < 3 ? owner : parts.slice(0, -2).join('/')
}
