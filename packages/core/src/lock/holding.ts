import type { HeldLock } from '../api/lock.js'
import type { Awaitable } from '../api/transaction.js'
import { usageError } from '../errors.js'
import type { Context, Platform } from '../platform/platform.js'
import type { Held } from './held.js'

/** The locks that an asynchronous flow of control holds, the innermost first. */
interface Chain {
  readonly held: Held
  readonly around: Chain | undefined
}

/** What a client holds, and which of it belongs to the code that asks. */
export class Holding {
  private readonly all = new Set<Held>()
  private numbers = 0
  private readonly context: Context<Chain> | undefined

  constructor(platform: Platform, isAmbient: boolean) {
    this.context = isAmbient ? platform.createContext<Chain>() : undefined
  }

  /** Of an attempt to take a lock: each is an owner of its own. */
  nextNumber(): number {
    return ++this.numbers
  }

  keep(held: Held): void {
    this.all.add(held)
  }

  forget(held: Held): void {
    this.all.delete(held)
  }

  /** Runs a body that knows what it holds. */
  within<R>(held: Held, body: (held: HeldLock) => Awaitable<R>): Awaitable<R> {
    if (this.context === undefined) return body(held)
    return this.context.run({ held, around: this.context.get() }, body, held)
  }

  /** The lock as the calling code holds it, perhaps in the stronger mode; undefined where it does not. */
  around({ name, mode }: { readonly name: string; readonly mode: 'read' | 'write' }): Held | undefined {
    for (let chain = this.context?.get(); chain !== undefined; chain = chain.around) {
      const { held } = chain
      if (held.name !== name || !held.isHeld) continue
      if (held.mode === mode || held.mode === 'write') return held
      throw usageError(
        'AVOUT_LOCK_UPGRADE',
        `${name} is held for reading here: two readers that both want to write would wait for each other. Take it for writing first`,
      )
    }
    return undefined
  }

  async releaseAll(): Promise<void> {
    await Promise.all([...this.all].map((held) => held[Symbol.asyncDispose]()))
  }
}
