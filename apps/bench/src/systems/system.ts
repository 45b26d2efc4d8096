import type { Load } from '../load.js'
import type { Workload } from '../workload.js'

/** A system with its accounts filled, for one round. */
export interface OpenSystem extends AsyncDisposable {
  /** Runs the workload's loops, all at once, until the load says that it is over. */
  run(load: Load): Promise<void>
  balances(): Promise<readonly number[]>
}

/** Something that can move money between accounts, and be measured at it. */
export interface System {
  readonly name: string
  open(workload: Workload): Promise<OpenSystem>
}
