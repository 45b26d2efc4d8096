import { randomUUID } from 'node:crypto'
import { ClosedError } from '@avout/core'
import type { Lease, Lock, Waiter } from '@avout/core/backend'
import { checkName } from './check.js'
import { COLLECTIONS } from './layout.js'
import { KeptLease } from './lease.js'
import { LockDocument, type LockState } from './lock-document.js'
import type { Mode, Ticket } from './lock-queue.js'
import type { Store } from './store.js'
import type { Feed } from './topic.js'

interface Options {
  readonly lease: number
  readonly owner: string
  readonly signal?: AbortSignal
}

/** Who waits looks at least this often, in case a push was lost. */
const LOOK_MS = 500

/** A lock: a document with a queue. Times are the server's, but for a holder, who gives up by his own clock and earlier. */
export class MongoLock implements Lock {
  readonly #store: Store
  readonly #feed: Feed
  readonly #name: string
  readonly #document: LockDocument

  constructor(store: Store, feed: Feed, name: string) {
    this.#store = store
    this.#feed = feed
    this.#name = name
    this.#document = new LockDocument(store, name)
  }

  async acquire(mode: Mode, options: Options): Promise<Lease> {
    this.#store.lifetime.check()
    const { lease, owner, signal } = options
    if (mode !== 'read' && mode !== 'write') throw new TypeError(`mode must be 'read' or 'write', not ${String(mode)}`)
    if (!(lease > 0) || !Number.isFinite(lease)) throw new TypeError(`lease must be milliseconds, not ${String(lease)}`)
    checkName('owner', owner)
    signal?.throwIfAborted()
    const acquiring = this.#acquire(mode, options)
    // The session's end waits for it: what it leaves behind is to be taken back while there is a connection.
    this.#store.lifetime.leave(acquiring)
    return acquiring
  }

  async #acquire(mode: Mode, options: Options): Promise<Lease> {
    const { signal } = options
    const id = randomUUID()
    const ended = new AbortController()
    const giveUp = () =>
      ended.abort(signal?.aborted ? signal.reason : new ClosedError('closed while waiting for a lock'))
    signal?.addEventListener('abort', giveUp, { once: true })
    const forget = this.#store.lifetime.onEnd(giveUp)
    try {
      const { ticket, granted } = await this.#wait(id, mode, options, ended.signal)
      return this.#keep(ticket, granted)
    } catch (error) {
      const removal = Promise.allSettled([this.#document.remove(id)])
      if (ended.signal.aborted) await removal
      else this.#store.lifetime.leave(removal)
      throw ended.signal.aborted ? ended.signal.reason : error
    } finally {
      signal?.removeEventListener('abort', giveUp)
      forget()
    }
  }

  async queue(): Promise<readonly Waiter[]> {
    this.#store.lifetime.check()
    const { tickets } = await this.#document.read(true)
    const waiters = tickets.map(({ owner, token, since }) => ({
      owner,
      token,
      holds: token > 0,
      since: since.getTime(),
    }))
    return [...waiters.filter(({ holds }) => holds), ...waiters.filter(({ holds }) => !holds)]
  }

  async #wait(id: string, mode: Mode, { owner, lease }: Options, ended: AbortSignal) {
    let asked = this.#store.clock.now()
    let renewed = asked
    let state = await this.#document.enqueue(id, { owner, mode, lease })
    const news = new News()
    let listening: AsyncDisposable | undefined
    try {
      for (;;) {
        ended.throwIfAborted()
        // Not for others: a crowd that waits would do so at the same moment, and get in the way of whose turn it is.
        const served = await this.#document.grant(state, id)
        const ticket = served?.tickets.find((one) => one.id === id)
        // Who gave it back may have granted it long before this look: what is left of it counts from when the look began.
        if (ticket !== undefined && ticket.token > 0) {
          return { ticket, granted: asked + ticket.until.getTime() - state.at.getTime() - lease }
        }
        ended.throwIfAborted()
        if (listening === undefined) {
          listening = await this.#feed.on({ collection: COLLECTIONS.locks, name: this.#name }, news.come)
        } else if (served !== undefined) {
          await this.#pause(news, Math.min(lease / 3, LOOK_MS, untilNext(served)), ended)
        }
        ended.throwIfAborted()
        asked = this.#store.clock.now()
        state = await this.#document.look()
        const gone = !state.tickets.some((one) => one.id === id)
        if (!gone && asked - renewed < lease / 3) continue
        // A place in the queue is leased too; who was away for too long queues again.
        state = gone ? await this.#document.enqueue(id, { owner, mode, lease }) : await this.#document.renew(id)
        renewed = asked
      }
    } finally {
      await listening?.[Symbol.asyncDispose]()
    }
  }

  #keep({ id, token, lease }: Ticket, granted: number): Lease {
    const held = new KeptLease(
      {
        name: this.#name,
        token,
        lease,
        granted,
        renew: async () => (await this.#document.renew(id)).found,
        giveBack: () => this.#document.remove(id),
      },
      this.#store.clock,
    )
    const { lifetime } = this.#store
    const forget = lifetime.onEnd(() => {
      held.lose()
      lifetime.leave(this.#document.remove(id))
    })
    held.onEnd(forget)
    return held
  }

  /** Until there is news, or for so long. */
  async #pause(news: News, ms: number, ended: AbortSignal): Promise<void> {
    const over = new AbortController()
    const pause = this.#store.clock.sleep(Math.max(1, ms), AbortSignal.any([ended, over.signal]))
    await Promise.race([news.next(), Promise.allSettled([pause])])
    over.abort()
    await Promise.allSettled([pause])
  }
}

/** Whether there is news since the last look. */
class News {
  #came = false
  #tell: (() => void) | undefined

  readonly come = (): void => {
    this.#came = true
    this.#tell?.()
  }

  async next(): Promise<void> {
    if (!this.#came) {
      await new Promise<void>((resolve) => {
        this.#tell = resolve
      })
    }
    this.#came = false
  }
}

/** Milliseconds until the first holder's lease ends. */
function untilNext({ tickets, at }: LockState): number {
  const ends = tickets.filter(({ token }) => token > 0).map(({ until }) => until.getTime() - at.getTime())
  return Math.min(...ends)
}
