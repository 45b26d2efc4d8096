import type { AnySession, Home } from '../commit/homes.js'
import { orAborted } from '../commit/or-aborted.js'
import type { Primitives } from '../contracts/backend.js'
import type { Data } from '../contracts/data.js'
import type { StateContainer } from '../contracts/state.js'
import { usageError } from '../errors.js'
import { equalData } from '../values/equal.js'

/** How long a change under a lock may take before another is let in, in ms. */
const LEASE_MS = 10_000

/** What a store holds for one atom; undefined where nobody has set it. */
export class Cell {
  private opened: Promise<StateContainer> | undefined = undefined

  constructor(
    readonly name: string,
    readonly home: Home,
    private readonly owner: string,
    private readonly lock: Primitives['lock'] | undefined,
  ) {}

  async read(): Promise<Data | undefined> {
    return (await this.container()).getState()
  }

  /**
   * Sets it if it is `expected` still. Atomic where the store compares and sets; elsewhere as good as the lease of the lock that
   * is taken for it.
   */
  async compareAndSet(expected: Data | undefined, value: Data): Promise<boolean> {
    const container = await this.container()
    if (container.compareAndSetState !== undefined) return container.compareAndSetState(expected, value)
    return this.underLock(container, expected, value)
  }

  /** Calls `changed` some time after changes; undefined where the store tells of none. */
  async watch(changed: () => void): Promise<AsyncDisposable | undefined> {
    return (await this.container()).watchState?.(changed)
  }

  private async underLock(container: StateContainer, expected: Data | undefined, value: Data): Promise<boolean> {
    const { session } = this.home
    const lock = session?.lock?.bind(session) ?? this.lock
    if (lock === undefined) {
      throw usageError(
        'AVOUT_NO_LOCK',
        `${this.name}: "${this.home.id}" has neither compare-and-set nor a lock, and the coordinator has no lock: it can hold no atom`,
      )
    }
    const lease = await lock(`~atom:${this.name}`).acquire('write', { lease: LEASE_MS, owner: this.owner })
    try {
      const current = await orAborted(container.getState(), lease.lost)
      if (!isSame(current, expected)) return false
      lease.lost.throwIfAborted()
      await container.setState(value)
      return true
    } finally {
      await Promise.allSettled([lease.release()]) // one that is lost already needs none
    }
  }

  /** Its container, initialised once; a failure is told to whoever asked, and the next one tries again. */
  private container(): Promise<StateContainer> {
    this.opened ??= this.open().catch((error: unknown) => {
      this.opened = undefined
      throw error
    })
    return this.opened
  }

  private async open(): Promise<StateContainer> {
    const session: AnySession = await this.home.ready()
    if (session.state === undefined) {
      throw usageError(
        'AVOUT_NO_STATE',
        `${this.name}: the backend "${this.home.id}" keeps no plain state: no atom can live there`,
      )
    }
    const container = session.state(this.name)
    await container.initStateContainer()
    return container
  }
}

export function isSame(a: Data | undefined, b: Data | undefined): boolean {
  return a === undefined || b === undefined ? a === b : equalData(a, b)
}
