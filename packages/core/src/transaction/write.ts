import type { PendingWrite } from '../commit/pending.js'
import type { Data } from '../contracts/data.js'
import { CREATES, DELETES, UPDATES } from '../record/record.js'
import type { RefHandle } from '../reference/ref-handle.js'
import type { Step } from '../state/made.js'
import type { RefState } from '../state/ref-state.js'
import type { Version } from '../state/version.js'
import type { Encoded } from '../values/codec.js'

/** `f(value, ...args)`, to be called again at the commit. */
export interface Commute {
  readonly f: (value: any, ...args: any[]) => unknown
  readonly args: readonly unknown[]
}

/** What a body wrote to a ref: at first in its scope, then, with a node, on its way to the log. */
export class Write implements PendingWrite {
  readonly state: RefState
  marked = false
  external: Data | undefined = undefined
  private pendingNode: Version | undefined = undefined

  constructor(
    readonly handle: RefHandle<any>,
    /** The version that the view has, which the write replaces. */
    readonly expected: Version,
    /** Undefined for a deletion, and while there is no value. */
    readonly encoded: Encoded | undefined,
    /** Where the ref was only commuted: what makes the value at the commit. */
    readonly commutes: readonly Commute[] | undefined,
    /** Where the ref was only operated on: what goes into the record, or makes the value at the commit. There is no value yet. */
    readonly steps?: readonly Step[] | undefined,
  ) {
    this.state = handle.state
  }

  /** The version that it will be. */
  get node(): Version {
    return this.pendingNode as Version
  }

  set node(node: Version) {
    this.pendingNode = node
  }

  get version(): string {
    return this.expected.id
  }

  get home(): string {
    return this.handle.home.id
  }

  get exists(): boolean {
    return this.encoded !== undefined || this.steps !== undefined
  }

  get existence(): typeof UPDATES | typeof CREATES | typeof DELETES {
    if (this.expected.exists === this.exists) return UPDATES
    return this.exists ? CREATES : DELETES
  }

  get data(): Data | undefined {
    return this.external === undefined ? this.encoded?.data : undefined
  }

  get json(): string | undefined {
    return this.external === undefined ? this.encoded?.json : undefined
  }
}
