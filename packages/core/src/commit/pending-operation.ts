import type { Data } from '../contracts/data.js'
import type { Operation } from '../record/record.js'
import { areNumeric } from '../record/steps.js'
import type { Step } from '../state/made.js'
import type { RefState } from '../state/ref-state.js'
import type { Version } from '../state/version.js'

/** Operations of one transaction on a ref, on their way: `node` is the version that they will be. */
export class PendingOperation implements Operation {
  existed = false
  attested: number | null = null

  constructor(
    readonly state: RefState,
    readonly home: string,
    readonly initial: Data,
    readonly steps: readonly Step[],
    readonly node: Version,
    /** How much it may add to the ref's value. */
    readonly bytes: number,
  ) {}

  /** Says what the ref is at the position replayed: called when that is the record's `s`. */
  attest(): void {
    const { head } = this.state
    this.existed = head.exists
    this.attested = head.exists && typeof head.data === 'number' && areNumeric(this.steps) ? head.data : null
  }
}
