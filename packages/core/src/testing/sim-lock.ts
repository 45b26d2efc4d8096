import type { Lease, Lock } from '../contracts/lock.js'
import { ClosedError, LockLostError, UnavailableError } from '../errors.js'
import type { LinkStore, SimLink } from './sim-link.js'
import type { Claim, SimLockQueue } from './sim-lock-queue.js'
import type { SimProcess } from './sim-process.js'

/** How a client's machine sets its timers. */
type After = (ms: number, task: () => void) => { cancel(): void }

export function simLock(
  name: string,
  queue: SimLockQueue,
  link: SimLink,
  store: LinkStore,
  process: SimProcess | undefined,
  held: Set<() => void>,
): Lock {
  const after: After = (ms, task) =>
    process === undefined ? store.scheduler.schedule(ms, task, 'renew') : process.schedule(ms, task, 'renew')
  return {
    acquire: async (mode, { lease, owner, signal }) => {
      signal?.throwIfAborted()
      const holding = new Holding(name, queue, link, store, after, { mode, lease, owner })
      const end = () => holding.close()
      held.add(end)
      void holding.done.then(() => held.delete(end))
      return await holding.acquire(signal)
    },
    queue: () => link.call('queue', () => queue.list()),
  }
}

/** A client's side of one claim: it renews it while it waits and while it holds. */
class Holding {
  readonly done: Promise<void>
  readonly #name: string
  readonly #queue: SimLockQueue
  readonly #link: SimLink
  readonly #store: LinkStore
  readonly #after: After
  readonly #claim: Claim
  readonly #lost = new AbortController()
  #settleDone!: () => void
  #grant: (token: number) => void = () => undefined
  #fail: (error: unknown) => void = () => undefined
  #renewal: { cancel(): void } | undefined
  /** When the store was last known to know this claim. */
  #confirmed = 0
  #over = false

  constructor(
    name: string,
    queue: SimLockQueue,
    link: SimLink,
    store: LinkStore,
    after: After,
    wish: { mode: 'read' | 'write'; lease: number; owner: string },
  ) {
    this.#name = name
    this.#queue = queue
    this.#link = link
    this.#store = store
    this.#after = after
    this.done = new Promise((resolve) => {
      this.#settleDone = resolve
    })
    const granted = (token: number) => link.push('granted', () => this.#grant(token))
    this.#claim = { ...wish, granted, since: 0, state: 'waiting', token: 0, expires: 0 }
  }

  async acquire(signal: AbortSignal | undefined): Promise<Lease> {
    const granted = new Promise<number>((resolve, reject) => {
      this.#grant = resolve
      this.#fail = reject
    })
    void Promise.allSettled([granted]) // It may fail before the request is answered, and nobody waits for it yet.
    const abort = () => {
      this.#leave().then(
        () => this.#fail(signal?.reason),
        () => this.#fail(signal?.reason),
      )
    }
    signal?.addEventListener('abort', abort, { once: true })
    this.#confirmed = this.#store.scheduler.now
    try {
      await this.#link.call('acquire', () => this.#queue.enter(this.#claim))
      this.#renewLater()
      const token = await granted
      return { token, lost: this.#lost.signal, release: () => this.#release() }
    } catch (error) {
      this.end()
      throw error
    } finally {
      signal?.removeEventListener('abort', abort)
    }
  }

  /** Its session was closed. The store learns it when the lease runs out; who holds it, or waits for it, learns it now. */
  close(): void {
    this.#lose(new ClosedError(`the session that "${this.#name}" was acquired in is closed`))
  }

  /** Stops renewing; the lease runs out by itself. */
  end(): void {
    this.#over = true
    this.#renewal?.cancel()
    this.#settleDone()
  }

  async #release(): Promise<void> {
    if (this.#lost.signal.aborted || !(await this.#leave())) {
      throw new LockLostError(`the lease of "${this.#name}" was lost before its release`, this.#name)
    }
  }

  #leave(): Promise<boolean> {
    this.end()
    return this.#link.call('release', () => this.#queue.leave(this.#claim))
  }

  #renewLater(): void {
    if (this.#over) return
    const left = this.#confirmed + this.#claim.lease - this.#store.scheduler.now
    this.#renewal = this.#after(Math.min(this.#claim.lease / 3, left), () => this.#renew())
  }

  #renew(): void {
    const begun = this.#store.scheduler.now
    if (begun >= this.#confirmed + this.#claim.lease) {
      this.#lose(new UnavailableError(`${this.#store.id} did not renew the lease of "${this.#name}"`, this.#store.id))
      return
    }
    this.#renewLater()
    this.#link
      .call('renew', () => this.#queue.renew(this.#claim))
      .then(
        (token) => {
          if (token === undefined) this.#lose(new LockLostError(`the lease of "${this.#name}" ended`, this.#name))
          this.#confirmed = Math.max(this.#confirmed, begun)
          if (token !== undefined && token > 0) this.#grant(token)
        },
        () => this.#store.tally.count('renew: failed'), // the deadline above decides, not one answer
      )
  }

  #lose(error: Error): void {
    if (this.#over) return
    this.end()
    this.#lost.abort(error)
    this.#fail(error)
  }
}
