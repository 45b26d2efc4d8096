import type { Load } from '../load.js'
import { opening, type Workload } from '../workload.js'
import { runLoops } from './loops.js'

/**
 * Accounts in memory that only a lock keeps right: a transfer lets others run between its read and its write. `withLock` calls what
 * it is given while loop `n` holds the lock.
 */
export function guarded(workload: Workload, withLock: (n: number, transfer: () => Promise<void>) => Promise<void>) {
  const balances = opening(workload)
  return {
    run: (load: Load) =>
      runLoops(
        load,
        (n) =>
          ({ from, to, amount }) =>
            withLock(n, async () => {
              const [source, target] = [balances[from] as number, balances[to] as number]
              await Promise.resolve()
              balances[from] = source - amount
              balances[to] = target + amount
            }),
      ),
    balances: async () => balances,
  }
}
