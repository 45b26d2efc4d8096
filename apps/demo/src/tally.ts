import type { Avout } from '@avout/core'
import type { Scores } from './scoreboard.js'

/** What clients count by themselves, in whatever process they are. */
export interface Figures {
  readonly transactions: number
  readonly conflicts: number
  readonly reruns: number
  readonly waits: number
}

/** Figures of a run, as its clients tell them. */
export class Tally implements Figures {
  transactions = 0
  conflicts = 0
  /** Runs of a body beyond its transaction's first. */
  reruns = 0
  /** Times that a body found nothing to do and slept in `retry`. */
  waits = 0
  rejected = 0
  paid = 0
  shipped = 0
  /** Counts of the till, and the token of the last one. */
  counts = 0
  token = 0
  /** The scoreboard and the mailer, as they were seen last. */
  scores: Scores = {}
  letters = 0

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

  /** Adds what clients elsewhere have counted. */
  add({ transactions, conflicts, reruns, waits }: Figures): void {
    this.transactions += transactions
    this.conflicts += conflicts
    this.reruns += reruns
    this.waits += waits
  }

  /** What was counted since the last call. */
  take(): Figures {
    const { transactions, conflicts, reruns, waits } = this
    this.transactions = this.conflicts = this.reruns = this.waits = 0
    return { transactions, conflicts, reruns, waits }
  }
}
