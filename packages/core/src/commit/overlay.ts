import { UPDATES } from '../record/record.js'
import type { Conflict } from '../replay/verdict.js'
import { Operating } from '../state/operating.js'
import type { RefState } from '../state/ref-state.js'
import { IN_FLIGHT, type Version } from '../state/version.js'
import { InOrder } from './in-order.js'
import type { Pending } from './pending.js'

/** The keys with `from <= key < to`. */
export interface Range {
  readonly from: string
  readonly to: string
}

/** A fixed view: the log up to `position`, and on top this client's own transactions up to `order`. */
export interface View {
  readonly position: number
  readonly order: number
}

/** The newest version of a chain that a view holds; undefined when the window has moved past it. */
export function visible(top: Version, view: View): Version | undefined {
  let version: Version | undefined = top
  while (version !== undefined && version.position > view.position) {
    if (version.order > 0 && version.order <= view.order) break
    version = version.previous
  }
  return version
}

/** What an overlay tells while the log is replayed. */
export interface OverlayEvents {
  /** No view that holds this client's transactions up to `order` or later can be served any more. */
  viewsBroken(order: number): void
  /** A transaction that was not sent yet cannot be valid any more: its record must not carry it. */
  dropped(pending: Pending): void
  /** The last valid creation or deletion in a range, as of the last position replayed. */
  lastExistenceChange(range: Range): Version | undefined
}

/**
 * This client's transactions that have no verdict yet, *judged in order* on top of the replica's heads: what a new body
 * sees, and what the next transaction must agree with. An exact comparison: a version that is neither a head nor in flight
 * loses.
 */
export class Overlay {
  private readonly pendings = new InOrder<Pending>()
  private disturbed = false
  private orders = 0

  constructor(private readonly events: OverlayEvents) {}

  get size(): number {
    return this.pendings.size
  }

  get lastOrder(): number {
    return this.orders
  }

  values(): Iterable<Pending> {
    return this.pendings
  }

  nextOrder(): number {
    return ++this.orders
  }

  /** Adds a transaction that agrees with the tops of all that it expects. */
  push(pending: Pending): void {
    this.pendings.push(pending)
    putOnTop(pending)
    for (const { state, bytes } of pending.operations) {
      state.operating ??= new Operating()
      state.operating.enter(bytes)
    }
  }

  /** What is written is the heads' now, whether or not the log kept the order in which it was sent. */
  won(pending: Pending, position: number): void {
    if (pending.dead) {
      if (!pending.isDoubtful) {
        throw new Error(`invariant: a transaction that could not be valid was judged so at ${position}`)
      }
      pending.revive()
    }
    if (this.pendings.first !== pending) this.disturbed = true // records landed in another order than they were sent in
    this.pendings.delete(pending)
    leave(pending)
    pending.settle(true)
    pending.owner.won(position)
  }

  /** Given up outside of the replay: never sent, refused, or past the window. */
  giveUp(pendings: readonly (Pending | undefined)[], conflict: Conflict): void {
    for (const pending of pendings) if (pending !== undefined) this.lost(pending, conflict)
    this.settle()
  }

  /** Judged invalid, in a record whose replay ends with `settle`. */
  lost(pending: Pending, conflict: Conflict): void {
    this.pendings.delete(pending)
    if (!pending.dead) {
      this.kill(pending, conflict)
      takeOff(pending)
      this.disturbed = true // what stands on top of its writes falls with it, the rest is put there again
    }
    leave(pending)
    pending.settle(false)
    pending.owner.lost(pending, pending.conflict ?? conflict)
  }

  /** Calls `then` right after the last of these writes in flight was judged: with false if one was invalid. */
  followAll(versions: readonly Version[], then: (valid: boolean) => void): void {
    const followed = new Set<Pending>()
    let valid = true
    for (const version of versions) {
      const pending = version.dead ? undefined : this.find(version.order)
      if (pending === undefined) valid = false
      else followed.add(pending)
    }
    let open = followed.size
    if (open === 0 || !valid) return then(valid)
    for (const pending of followed) {
      pending.follow((won) => {
        valid &&= won
        if (--open === 0) then(valid)
      })
    }
  }

  /** The one in flight that has this id, which a user gave it. */
  withId(id: string): Pending | undefined {
    for (const pending of this.pendings) if (pending.id === id) return pending
    return undefined
  }

  private find(order: number): Pending | undefined {
    for (const pending of this.pendings) if (pending.order === order) return pending
    return undefined
  }

  /** Others wrote: what is in flight must be judged again. */
  disturb(): void {
    if (this.pendings.size > 0) this.disturbed = true
  }

  /** Judges what is in flight once more, in order, after the heads have moved under it. */
  settle(): void {
    if (!this.disturbed) return
    this.disturbed = false
    for (const pending of this.pendings) takeOff(pending)
    for (const pending of this.pendings) {
      if (pending.dead) continue
      const conflict = this.conflictOf(pending)
      if (conflict === undefined) putOnTop(pending)
      else this.kill(pending, conflict)
    }
    for (const pending of [...this.pendings]) {
      if (!pending.dead || pending.sent) continue
      this.events.dropped(pending)
      this.lost(pending, pending.conflict as Conflict)
    }
  }

  /** What a transaction does not agree with, by exact comparison with the tops. */
  conflictOf(pending: Pending): Conflict | undefined {
    for (const { expected, state } of pending.writes) {
      if (state.top !== expected) return { on: state.name, rival: state.top }
    }
    for (const { expected, state } of pending.reads) {
      if (state.top !== expected) return { on: state.name, rival: state.top }
    }
    for (const range of pending.ranges) {
      const rival = this.lastExistenceChange(range, pending.order)
      // None is remembered where the expected one has left the window: judged at every entry, no other was overlooked.
      const isForgotten = rival === undefined && range.expected?.position !== IN_FLIGHT
      if (rival !== range.expected && !isForgotten) return { on: range.from, rival }
    }
    return undefined
  }

  /** Whether all that a transaction does not agree with are operations in flight, or what is in doubt itself: they may land behind it. */
  private isDoubtful({ writes, reads, ranges, order }: Pending): boolean {
    const isInDoubt = ({ dead, order }: Version): boolean => dead && this.find(order)?.isDoubtful === true
    return (
      [...writes, ...reads].every(
        ({ state, expected }) =>
          state.top === expected || isUnderOperations(state.top, expected) || isInDoubt(expected),
      ) &&
      ranges.every(
        (range) =>
          range.expected === undefined ||
          isInDoubt(range.expected) ||
          this.lastExistenceChange(range, order) === range.expected,
      )
    )
  }

  /** The last creation or deletion in a range, in-flight ones before `order` included. */
  lastExistenceChange(range: Range, order: number): Version | undefined {
    let last = this.events.lastExistenceChange(range)
    for (const pending of this.pendings) {
      if (pending.order >= order) break
      if (pending.dead) continue
      for (const { existence, node, state } of pending.writes) {
        if (existence !== UPDATES && range.from <= state.name && state.name < range.to) last = node
      }
    }
    return last
  }

  private kill(pending: Pending, conflict: Conflict): void {
    pending.isDoubtful = this.isDoubtful(pending)
    pending.dead = true
    pending.conflict = conflict
    for (const write of pending.writes) write.node.dead = true
    for (const operation of pending.operations) operation.node.dead = true
    this.events.viewsBroken(pending.order)
  }
}

function isUnderOperations(top: Version, expected: Version): boolean {
  let version: Version | undefined = top
  while (
    version !== undefined &&
    version !== expected &&
    version.made !== undefined &&
    version.position === IN_FLIGHT
  ) {
    version = version.previous
  }
  return version === expected
}

function putOnTop({ writes, operations }: Pending): void {
  for (const { node, state } of writes) put(node, state)
  for (const { node, state } of operations) put(node, state)
}

function put(node: Version, state: RefState): void {
  node.previous = state.top
  state.top = node
}

function takeOff({ writes, operations }: Pending): void {
  for (const { state } of writes) state.top = state.head
  for (const { state } of operations) state.top = state.head
}

/** Whoever waits for the verdicts of operations hears of it. */
function leave({ operations }: Pending): void {
  for (const { state, bytes } of operations) state.operating?.leave(bytes)
}
