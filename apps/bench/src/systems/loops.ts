import type { Load } from '../load.js'
import type { Transfers } from '../workload.js'

/** Makes one transfer, and resolves when the system has acknowledged it. `transfers` moves on after that, not before. */
export type Transfer = (transfers: Transfers) => Promise<unknown>

/** Runs all the loops of a load at once, loop `n` with the transfer that `transferOf` gives it. */
export async function runLoops(load: Load, transferOf: (n: number) => Transfer): Promise<void> {
  await Promise.all(Array.from({ length: load.workload.concurrency }, (_, n) => runLoop(load, n, transferOf(n))))
}

async function runLoop(load: Load, n: number, transfer: Transfer): Promise<void> {
  const transfers = load.loop(n)
  for (let started = load.begin(transfers); started > 0; started = load.begin(transfers)) {
    await transfer(transfers)
    load.done(transfers, started)
  }
}
