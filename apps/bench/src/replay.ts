import { collectGarbage } from './garbage.js'
import { Load } from './load.js'
import { median } from './statistics.js'
import type { Store } from './stores/store.js'
import { avout, balancesAt, deskOf } from './systems/avout.js'
import { connectTo } from './systems/on-store.js'
import { opening, type Workload } from './workload.js'

/** How fast a client that starts cold goes through a log. */
export interface ReplayResult {
  readonly system: string
  /** In the log, of one replay. */
  readonly transactions: number
  readonly records: number
  /** Replayed a second of wall time: one thread, so one core. */
  readonly txPerSecond: number
  /** Replayed a second of the whole process's processor time, its garbage collection included. */
  readonly txPerCpuSecond: number
  /** Median of the replays: from `connect` to having read every account at the tail. */
  readonly replayMs: number
  readonly rounds: readonly { readonly ms: number; readonly cpuMs: number }[]
}

/** Records of about as many transactions as there are loops. */
const filling: Workload = { accounts: 1_000, concurrency: 50 }
const replays = 5

/**
 * Fills a log with transfers for `seconds`, then replays it with one cold client after the other, each of which must find exactly
 * the balances that the transfers left: rejects with `WrongBalanceError` if not.
 */
export async function measureReplay(store: Store, clients: number, seconds: number): Promise<ReplayResult> {
  await using system = await avout(store, clients).open(filling)
  const load = new Load(filling, opening(filling), seconds * 1_000)
  await system.run(load)
  load.check(await system.balances(), 'avout')

  const rounds: { ms: number; cpuMs: number }[] = []
  let records = 0
  for (let n = 0; n <= replays; n++) {
    collectGarbage()
    const cpu = process.cpuUsage()
    const started = performance.now()
    const client = await connectTo(store, system.place ?? '')
    const balances = await balancesAt(deskOf(client, filling))
    const ms = performance.now() - started
    const { user, system: kernel } = process.cpuUsage(cpu)
    load.check(balances, 'a cold client')
    records = (await client.health()).position
    await client.close()
    // The first is for the compiler.
    if (n > 0) rounds.push({ ms, cpuMs: (user + kernel) / 1_000 })
  }
  const replayMs = median(rounds.map(({ ms }) => ms))
  return {
    system: 'avout',
    transactions: load.transactions,
    records,
    txPerSecond: (load.transactions / replayMs) * 1_000,
    txPerCpuSecond: (load.transactions / median(rounds.map(({ cpuMs }) => cpuMs))) * 1_000,
    replayMs,
    rounds,
  }
}
