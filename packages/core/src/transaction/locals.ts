import type { LocalState } from '../state/local-state.js'
import type { Dosync } from './dosync.js'
import type { Run } from './run.js'

/** The local refs that a transaction in flight has hold of. */
export interface HeldLocals {
  readonly reads: readonly LocalState[]
  readonly writes: ReadonlyMap<LocalState, { readonly value: unknown }>
}

const NO_WRITES: HeldLocals['writes'] = new Map()

/**
 * The part of local refs in transactions. They have no log: while a transaction that read or wrote one has no verdict, it is held,
 * and who began meanwhile cannot read it, but waits and runs again.
 */
export class Locals {
  private moments = 0

  /** Counts changes and releases: a run may read a local ref that has seen neither since it began. */
  get moment(): number {
    return this.moments
  }

  /** Takes hold of what a transaction read and wrote; false when another one is in the way: the next run waits for that. */
  hold(dosync: Dosync<any>): boolean {
    const { run, scope } = dosync
    if (run.locals === undefined && scope.buffer.locals === undefined) return true
    const blocking = this.blocking(dosync)
    if (blocking !== undefined) {
      run.heldBack = blocking
      return false
    }
    const reads = [...(run.locals?.keys() ?? [])].filter((local) => !scope.buffer.locals?.has(local))
    for (const local of reads) local.hold(false)
    const writes = scope.buffer.locals ?? NO_WRITES
    for (const local of writes.keys()) local.hold(true)
    dosync.heldLocals = { reads, writes }
    return true
  }

  /** The verdict is there: what was written is so now, or never was. */
  release(dosync: Dosync<any>, committed: boolean): void {
    const held = dosync.heldLocals
    if (held === undefined) return
    dosync.heldLocals = undefined
    const moment = ++this.moments
    if (committed) for (const [local, { value }] of held.writes) local.set(value)
    for (const local of held.reads) local.release(false, moment)
    for (const local of held.writes.keys()) local.release(true, moment)
  }

  /** Whether what a run read is so still. */
  isCurrent(run: Run): boolean {
    for (const local of run.locals?.keys() ?? []) if (local.isHeld || local.stamp > run.localMoment) return false
    return true
  }

  private blocking({ run, scope }: Dosync<any>): LocalState | undefined {
    for (const local of run.locals?.keys() ?? []) {
      if (!local.isFree(scope.buffer.locals?.has(local) ?? false) || local.stamp > run.localMoment) return local
    }
    for (const local of scope.buffer.locals?.keys() ?? []) if (!local.isFree(true)) return local
    return undefined
  }
}
