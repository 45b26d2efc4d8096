import type { Change } from '../api/reference.js'
import { patiently } from '../commit/patiently.js'
import type { Version } from '../state/version.js'
import type { ReferenceHost } from './host.js'
import type { RefHandle } from './ref-handle.js'

/**
 * Turns writes into changes, with their values. A value that only its container holds is fetched first, as often as it takes;
 * changes behind it wait, for order is promised and nothing may be left out.
 */
export class ChangesInOrder {
  private late: Promise<unknown> | undefined = undefined

  constructor(private readonly host: ReferenceHost) {}

  /** Calls `hear` with the change, at once where that is possible. Otherwise the answer is a promise. */
  hear(handle: RefHandle<any>, before: Version, after: Version, hear: (change: Change<any>) => void): unknown {
    if (this.late === undefined && handle.isAtHand(before) && handle.isAtHand(after)) {
      hear({ old: handle.valueOf(before), value: handle.valueOf(after), position: after.position, resync: false })
      return undefined
    }
    const heard = this.hearLate(this.late, handle, before, after, hear)
    const settled: Promise<unknown> = Promise.allSettled([heard]).then(() => {
      if (this.late === settled) this.late = undefined
    })
    this.late = settled
    return heard
  }

  private async hearLate(
    ahead: Promise<unknown> | undefined,
    handle: RefHandle<any>,
    before: Version,
    after: Version,
    hear: (change: Change<any>) => void,
  ): Promise<void> {
    await ahead
    const old = await patiently(this.host, async () => handle.valueOf(before))
    const value = await patiently(this.host, async () => handle.valueOf(after))
    hear({ old, value, position: after.position, resync: false })
  }
}
