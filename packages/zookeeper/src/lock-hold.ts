import { LockLostError } from '@avout/core'
import type { Lease } from '@avout/core/backend'
import type { LockEntry } from './lock-entry.js'
import type { Mode } from './lock-queue.js'

/** A lock that an owner holds, entered one or several times. */
export class Hold {
  readonly owner: string
  readonly mode: Mode
  readonly entry: LockEntry
  readonly #name: string
  readonly #lost = new AbortController()
  readonly #left: (hold: Hold) => Promise<boolean>
  #entered = 0

  /** `left` is called when it was released as often as it was entered, or is lost; false where it had been lost. */
  constructor(name: string, owner: string, mode: Mode, entry: LockEntry, left: (hold: Hold) => Promise<boolean>) {
    this.#name = name
    this.owner = owner
    this.mode = mode
    this.entry = entry
    this.#left = left
    entry.ended.addEventListener('abort', () => this.lose(), { once: true })
    if (entry.ended.aborted) this.lose()
  }

  covers(owner: string, mode: Mode): boolean {
    return this.owner === owner && (this.mode === 'write' || mode === 'read') && this.held
  }

  get held(): boolean {
    return this.#entered > 0 && !this.#lost.signal.aborted
  }

  enter(): Lease {
    this.#entered++
    let released = false
    return {
      token: this.entry.token,
      lost: this.#lost.signal,
      release: async () => {
        if (this.#lost.signal.aborted) throw this.#lostError()
        if (released) return
        released = true
        if (--this.#entered === 0 && !(await this.#left(this))) throw this.#lostError()
      },
    }
  }

  lose(): void {
    if (this.#entered === 0 || this.#lost.signal.aborted) return
    this.#lost.abort(this.#lostError())
  }

  get lost(): AbortSignal {
    return this.#lost.signal
  }

  #lostError(): LockLostError {
    return new LockLostError(`the lock "${this.#name}" was lost: its lease ended`, this.#name, this.owner)
  }
}
