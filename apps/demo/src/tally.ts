import type { Avout } from '@avout/core'

/** Figures of a run, as its clients tell them. */
export class Tally {
  transactions = 0
  conflicts = 0
  /** Runs of a body beyond its transaction's first. */
  reruns = 0
  /** Times that a body found nothing to do and slept in `retry`. */
  waits = 0
  rejected = 0
  paid = 0
  shipped = 0

  listen(client: Avout): void {
    client.on('commit', ({ attempts }) => {
      this.transactions++
      this.reruns += attempts - 1
    })
    client.on('conflict', () => this.conflicts++)
  }

  waited(): void {
    this.waits++
  }
}
