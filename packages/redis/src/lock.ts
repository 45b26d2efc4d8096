import { randomUUID } from 'node:crypto'
import { ClosedError, UnavailableError } from '@avout/core'
import type { Lease, Lock, Waiter } from '@avout/core/backend'
import { checkName } from './check.js'
import { HeldLease } from './lease.js'
import type { Realm } from './realm.js'

/** Who waits asks again after so many ms at most: a message may be lost, and a holder may have died. */
const POLL_MS = 500

interface Request {
  /** Another one each time it queues up: what is told of a grant that has ended since is not taken for the next. */
  id: string
  /** When the server was last asked, by this client's clock, of those times that it answered that this waits. */
  asked: number
  readonly owner: string
  readonly mode: 'read' | 'write'
  readonly lease: number
}

/** The server keeps who holds it and who waits, and counts leases by its own clock; whose turn it is hears of it by message. */
export class RedisLock implements Lock {
  readonly #realm: Realm
  readonly #name: string

  constructor(realm: Realm, name: string) {
    this.#realm = realm
    this.#name = name
  }

  async acquire(
    mode: 'read' | 'write',
    options: { lease: number; owner: string; signal?: AbortSignal },
  ): Promise<Lease> {
    const { lifetime } = this.#realm
    lifetime.check()
    const { lease, owner, signal } = options
    if (mode !== 'read' && mode !== 'write') throw new TypeError(`mode must be 'read' or 'write', not ${String(mode)}`)
    if (!(lease > 0) || !Number.isFinite(lease)) throw new TypeError(`lease must be milliseconds, not ${String(lease)}`)
    checkName('owner', owner)
    signal?.throwIfAborted()
    const request: Request = { id: randomUUID(), asked: 0, owner, mode, lease: Math.ceil(lease) }
    try {
      const granted = await this.#ask('enter', request)
      return granted ?? (await this.#wait(request, signal))
    } catch (error) {
      await this.#withdraw(request.id)
      throw error
    }
  }

  async queue(): Promise<readonly Waiter[]> {
    this.#realm.lifetime.check()
    const reply = await this.#call('queue')
    const waiters: Waiter[] = []
    for (let i = 0; i < reply.length; i += 3) {
      const token = Number(reply[i + 1])
      waiters.push({ owner: String(reply[i]), token, holds: token > 0, since: Number(reply[i + 2]) })
    }
    return waiters
  }

  #call(what: 'enter' | 'look' | 'leave' | 'queue', request: Partial<Request> = {}): Promise<unknown[]> {
    const { link, keys } = this.#realm
    const { id = '', owner = '', mode = '', lease = 0 } = request
    return link.call((driver) =>
      driver.avoutLock(keys.lock(this.#name), keys.tokens, this.#name, what, id, owner, mode, lease),
    )
  }

  /** The lease if it is granted. Who was away for so long that it lost its place queues up again. */
  async #ask(what: 'enter' | 'look', request: Request): Promise<HeldLease | undefined> {
    const { lifetime, clock } = this.#realm
    const began = clock.now()
    const [status, token] = await this.#call(what, request)
    lifetime.check()
    if (status === 1) return this.#hold(request, Number(token), began + request.lease)
    if (status !== -1) {
      request.asked = began
      return undefined
    }
    request.id = randomUUID()
    return this.#ask('enter', request)
  }

  #hold(request: Request, token: number, ends: number): HeldLease {
    const { lifetime, clock } = this.#realm
    const { id, lease } = request
    let forget = () => undefined as unknown
    const held = new HeldLease(
      {
        lock: this.#name,
        token,
        lease,
        ends,
        renew: async () => (await this.#call('look', request))[0] === 1,
        giveBack: async () => (await this.#call('leave', { id }))[0] === 0,
        over: () => forget(),
      },
      clock,
    )
    forget = lifetime.onEnd(async () => {
      held.lose('its session was closed')
      await this.#withdraw(id)
    })
    return held
  }

  async #wait(request: Request, signal: AbortSignal | undefined): Promise<Lease> {
    const { lifetime, messages, clock, keys } = this.#realm
    const ended = new AbortController()
    let wake = () => undefined as unknown
    let told: { readonly id: string; readonly token: number } | undefined
    const giveUp = () => ended.abort(signal?.reason)
    const forget = lifetime.onEnd(async () => {
      ended.abort(new ClosedError('closed while waiting for a lock'))
      await this.#withdraw(request.id)
    })
    signal?.addEventListener('abort', giveUp)
    ended.signal.addEventListener('abort', () => wake())
    const hearer = {
      hear: (message: string | undefined) => {
        const [id, token] = message?.split(' ') ?? []
        if (id === request.id) told = { id, token: Number(token) }
        if (id === undefined || id === request.id) wake()
      },
    }
    // If it hears nothing, it polls all the same.
    const [listening] = await Promise.allSettled([messages.listen(keys.lock(this.#name), hearer)])
    try {
      for (;;) {
        if (signal?.aborted) giveUp()
        ended.signal.throwIfAborted()
        const called = new AbortController()
        wake = () => called.abort()
        const granted = this.#told(request, told) ?? (await this.#look(request))
        if (granted !== undefined) {
          if (!ended.signal.aborted) return granted
          await granted.release()
          ended.signal.throwIfAborted()
        }
        if (!ended.signal.aborted)
          await quietly(clock.sleep(Math.min(POLL_MS, request.lease / 3), called.signal), called)
      }
    } finally {
      if (listening.status === 'fulfilled') listening.value()
      forget()
      signal?.removeEventListener('abort', giveUp)
    }
  }

  /** The lease if it is granted. Not where the server is away: a place outlives a restart, for as long as its lease. */
  async #look(request: Request): Promise<HeldLease | undefined> {
    try {
      return await this.#ask('look', request)
    } catch (error) {
      if (!UnavailableError.isInstance(error) || this.#realm.clock.now() >= request.asked + request.lease) throw error
      return undefined
    }
  }

  /** It was waiting when it last asked, so it was granted after that: the lease ends no sooner than one that began then. */
  #told(request: Request, told: { id: string; token: number } | undefined): HeldLease | undefined {
    const ends = request.asked + request.lease
    if (told?.id !== request.id || this.#realm.clock.now() >= ends) return undefined
    return this.#hold(request, told.token, ends)
  }

  /** If the store does not answer, what the id has ends with its lease. */
  async #withdraw(id: string): Promise<void> {
    await Promise.allSettled([this.#call('leave', { id })])
  }
}

/** A sleep that is over when it is called off. */
async function quietly(sleep: Promise<void>, called: AbortController): Promise<void> {
  try {
    await sleep
  } catch (error) {
    if (!called.signal.aborted) throw error
  }
}
