import type { Data } from '../contracts/data.js'
import type { EncodableTransaction, EncodableWrite } from '../record/encode.js'
import type { Expectation, RangeExpectation, Send } from '../record/record.js'
import type { Conflict } from '../replay/verdict.js'
import { IN_FLIGHT, type Version } from '../state/version.js'
import type { PendingOperation } from './pending-operation.js'

/** Whoever waits for the verdict of a transaction. Called while the log is replayed: it must not run user code. */
export interface PendingOwner {
  /** It lands when its values are stored; otherwise as soon as its record is applied. */
  readonly waitsForValues: boolean
  /** Valid at `position`. */
  won(position: number): void
  /** Valid, its record applied whole, and its values stored or left to redo. */
  landed(): void
  /** Invalid, or dropped before it was sent; nothing of it counts. */
  lost(pending: Pending, conflict: Conflict): void
}

/** An expectation of one's own knows the version that it expects. */
export interface OwnExpectation extends Expectation {
  readonly expected: Version
}

export interface OwnRange extends RangeExpectation {
  /** The last creation or deletion in the range; undefined when there was none. */
  readonly expected: Version | undefined
}

/** A write on its way: `node` is the version it will be, on top of its ref's chain. */
export interface PendingWrite extends EncodableWrite, OwnExpectation {
  readonly node: Version
  /** A value above the inline limit, which its container alone will hold. */
  readonly external: Data | undefined
}

const NONE_OF_THEM: readonly never[] = []

/** A transaction of this client whose body has ended: it is in a record that is formed or sent, and has no verdict yet. */
export class Pending implements EncodableTransaction {
  readonly grants: readonly Expectation[] = NONE_OF_THEM
  operations: readonly PendingOperation[] = NONE_OF_THEM
  sends: readonly Send[] = NONE_OF_THEM
  /** Certain to be judged invalid, or dropped: what it wrote is seen by nobody from now on. */
  dead = false
  /**
   * Dead only if what was sent before lands before: an operation expects nothing, so it may also land behind what stands on another
   * one, and break nothing. Then this one is valid after all.
   */
  isDoubtful = false
  /** The conflict that made it so. */
  conflict: Conflict | undefined = undefined
  sent = false
  /** Told right after its verdict: `valid` or not. Reads of its versions wait here. */
  private followers: ((valid: boolean) => void)[] | undefined = undefined

  constructor(
    readonly owner: PendingOwner,
    readonly id: string | number,
    readonly label: string | undefined,
    /** Its place among this client's transactions, from 1. */
    readonly order: number,
    readonly reads: readonly OwnExpectation[],
    readonly ranges: readonly OwnRange[],
    readonly writes: readonly PendingWrite[],
  ) {}

  /** What it stands on and what has no verdict itself. */
  standsOn(): Version[] {
    const expected = [...this.reads, ...this.writes].map((expectation) => expectation.expected)
    for (const range of this.ranges) if (range.expected !== undefined) expected.push(range.expected)
    return expected.filter((version) => version.position === IN_FLIGHT && !version.dead)
  }

  /** Valid after all. */
  revive(): void {
    this.dead = false
    this.conflict = undefined
    for (const { node } of this.writes) node.dead = false
    for (const { node } of this.operations) node.dead = false
  }

  follow(follower: (valid: boolean) => void): void {
    this.followers ??= []
    this.followers.push(follower)
  }

  settle(valid: boolean): void {
    if (this.followers === undefined) return
    for (const follower of this.followers) follower(valid)
    this.followers = undefined
  }

  /** An expected version that was not yet replayed at `s` must be, for the verdict, the ref's last write: it is marked. */
  mark(s: number): void {
    for (const read of this.reads) read.marked = read.expected.position > s
    for (const write of this.writes) write.marked = write.expected.position > s
    for (const range of this.ranges) range.marked = range.expected !== undefined && range.expected.position > s
  }
}
