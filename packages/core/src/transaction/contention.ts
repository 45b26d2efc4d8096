import { backoff } from '../commit/backoff.js'
import type { Primitives } from '../contracts/backend.js'
import type { Lease } from '../contracts/lock.js'
import type { Platform } from '../platform/platform.js'
import type { RefState } from '../state/ref-state.js'
import type { Dosync } from './dosync.js'
import { Impatience } from './impatience.js'

/** How long one contender may hold the locks without renewing, and the longest that another waits for them, in ms. */
const LEASE_MS = 10_000

/** What puts contenders in order. Progress only: nothing that must be safe rests on it. */
export class Contention {
  readonly impatience: Impatience
  private owners = 0
  private readonly ready: (() => void)[] = []
  private isStarting = false

  constructor(
    private readonly client: string,
    private readonly platform: Platform,
    private readonly lock: Primitives['lock'] | undefined,
  ) {
    this.impatience = new Impatience(platform)
  }

  /** The refs that a lost run was about, in an order that all contenders share. */
  refsOf({ run, scope }: Dosync<any>): readonly RefState[] {
    const states = run.reads.items.map(({ state }) => state)
    for (const { state, steps } of scope.buffer.writes.items) {
      if (run.reads.get(state) === undefined && steps === undefined) states.push(state)
    }
    return states.length < 2 ? states : states.sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** Calls `go` when whoever gave way has done so: one that begins at once would do it deep inside the other's end. */
  soon(go: () => void): void {
    this.ready.push(go)
    if (this.isStarting) return
    this.isStarting = true
    try {
      for (let next = this.ready.shift(); next !== undefined; next = this.ready.shift()) next()
    } finally {
      this.isStarting = false
    }
  }

  backOff(attempt: number): Promise<void> {
    return backoff(this.platform, attempt)
  }

  /** Takes the locks of refs, in the order given; where the coordinator has none, nothing. */
  async lockAll(states: readonly RefState[], deadline: number): Promise<AsyncDisposable> {
    const leases: Lease[] = []
    const held = { [Symbol.asyncDispose]: () => releaseAll(leases) }
    const { lock, platform } = this
    if (lock === undefined) return held
    const giveUp = new AbortController()
    const patience = Math.max(1, Math.min(LEASE_MS, deadline - platform.clock.now()))
    const timer = platform.setTimer(patience, () => giveUp.abort(new Error('the lock was not granted in time')))
    const options = { lease: LEASE_MS, owner: `${this.client}/${++this.owners}`, signal: giveUp.signal }
    try {
      for (const { name } of states) leases.push(await lock(`~ref:${name}`).acquire('write', options))
      return held
    } catch (error) {
      await releaseAll(leases)
      throw error
    } finally {
      timer.cancel()
    }
  }

  close(): void {
    this.impatience.close()
  }
}

/** A lease that is lost already needs no release. */
async function releaseAll(leases: readonly Lease[]): Promise<void> {
  await Promise.allSettled(leases.map((lease) => lease.release()))
}
