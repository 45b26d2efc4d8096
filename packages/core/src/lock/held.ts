import type { HeldLock } from '../api/lock.js'
import type { Lease } from '../contracts/lock.js'
import { LockLostError } from '../errors.js'
import type { LockHost } from './host.js'

/** One grant of a lock, and what became of it. */
export interface Grant {
  readonly lease: Lease
  /** Fencing: it only grows from one grant of the lock to the next. */
  readonly token: number
  /** What the log calls it; undefined where the lock is not recorded. */
  readonly id: string | undefined
}

/** A lock as its holder has it. A condition gives the grant back in between, and puts another in its place. */
export class Held implements HeldLock {
  private isReleased = false

  constructor(
    private readonly host: LockHost,
    readonly name: string,
    readonly mode: 'read' | 'write',
    private grant: Grant,
    private readonly released: () => void,
  ) {}

  get token(): number {
    return this.grant.token
  }

  get signal(): AbortSignal {
    return this.grant.lease.lost
  }

  get grantId(): string | undefined {
    return this.grant.id
  }

  /** It was neither given back nor lost. */
  get isHeld(): boolean {
    return !this.isReleased && !this.signal.aborted
  }

  replace(grant: Grant): void {
    this.grant = grant
    this.isReleased = false
  }

  async release(): Promise<void> {
    if (this.isReleased) return
    this.isReleased = true
    this.released()
    const { lease } = this.grant
    if (lease.lost.aborted) throw this.lostError(lease.lost.reason)
    try {
      await lease.release()
    } catch (error) {
      if (LockLostError.isInstance(error)) throw this.lostError(error)
      throw error
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.release()
    } catch (error) {
      this.host.reports.noticed(error, `the lock ${this.name} was not given back: its lease ends by itself`)
    }
  }

  lostError(cause: unknown): LockLostError {
    return new LockLostError(`the lock ${this.name} was lost before it was given back`, this.name, undefined, { cause })
  }
}
