import {
  type Avout,
  type Coordinator,
  type ConnectOptions as CoreOptions,
  connect,
  type Family,
  type Ref,
} from '@avout/core'
import type { Backend } from '@avout/core/backend'

/** Whatever may be a value. */
// biome-ignore lint/complexity/noBannedTypes: it is meant: whatever is neither null nor undefined
type Value = {} | null

export type ConnectOptions = Partial<Omit<CoreOptions, 'coordinator'>>

/** How long the end of a client waits for what it still does. */
const DRAIN_MS = 2000

/** A client of the engine, whose refs live in the store that is examined unless said otherwise. */
export class Player {
  readonly avout: Avout
  readonly #home: Backend<'versions'> | undefined

  private constructor(avout: Avout, home: Backend<'versions'> | undefined) {
    this.avout = avout
    this.#home = home
  }

  static async connect(
    seat: { coordinator: Coordinator; home?: Backend<'versions'> | undefined },
    options: ConnectOptions,
  ): Promise<Player> {
    const backends = seat.home === undefined ? [] : [seat.home]
    const { coordinator, home } = seat
    return new Player(
      await connect({ ...options, coordinator, backends: [...backends, ...(options.backends ?? [])] }),
      home,
    )
  }

  ref<T>(name: string, initial: T & Value): Ref<T> {
    return this.avout.ref<T>(name, initial, { in: this.#home })
  }

  /** As many refs of one name and a number. */
  refs<T>(count: number, name: string, initial: T & Value): Ref<T>[] {
    return Array.from({ length: count }, (_, i) => this.ref<T>(`${name}${i}`, initial))
  }

  family<T>(prefix: string, initial: T & Value): Family<T> {
    return this.avout.family<T>(prefix, initial, { in: this.#home })
  }

  /** Sets refs in one transaction. */
  set<T>(refs: readonly Ref<T>[], value: (i: number) => NoInfer<T>): Promise<void> {
    return this.avout.dosync((tx) => {
      for (const [i, ref] of refs.entries()) tx.set(ref, value(i))
    })
  }

  /** One more, in a transaction of its own. */
  increment(name: string, by = 1): Promise<number> {
    return this.avout.dosync((tx) => tx.alter(this.ref<number>(name, 0), (n) => n + by))
  }

  close(): Promise<void> {
    return this.avout.close({ drain: DRAIN_MS })
  }
}
