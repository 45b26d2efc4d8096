import { collectGarbage } from './garbage.js'
import { Load } from './load.js'
import { median, quantile } from './statistics.js'
import type { System } from './systems/system.js'
import { opening, type Workload } from './workload.js'

/** What one system did in one round. */
export interface Round {
  readonly transactions: number
  readonly txPerSecond: number
  readonly p50ms: number
  readonly p99ms: number
  /** The longest. */
  readonly maxms: number
}

/** Medians over the rounds of one system; `transactions` is their sum. */
export interface Result extends Round {
  readonly system: string
  readonly setting: NonNullable<System['setting']>
  readonly rounds: readonly Round[]
}

/** Of a round's measured time: each has fresh accounts, and its first transactions fill caches. */
const warmUpShare = 0.25

/**
 * Measures the systems in turn, round by round (A B A B …), so that whatever else the machine does meets all of them. A first
 * round of each is thrown away: it is for the compiler. Every round starts from fresh accounts, which also bounds the memory that a
 * log takes, and ends with a check of every balance; rejects with `WrongBalanceError` if one is wrong. `total`: how many transactions
 * all rounds of a system have together, however long they take.
 */
export async function measure(
  systems: readonly System[],
  workload: Workload,
  seconds: number,
  rounds: number,
  total = Number.POSITIVE_INFINITY,
): Promise<Result[]> {
  const ms = (seconds * 1_000) / rounds
  const measured = systems.map((): Round[] => [])
  for (let round = -1; round < rounds; round++) {
    for (const [n, system] of systems.entries()) {
      const most = round < 0 ? Number.POSITIVE_INFINITY : Math.ceil(total / rounds)
      const done = await runRound(system, workload, ms, most)
      if (round >= 0) measured[n]?.push(done)
    }
  }
  return systems.map((system, n) => summarize(system, measured[n] ?? []))
}

async function runRound(system: System, workload: Workload, ms: number, most: number): Promise<Round> {
  await using open = await system.open(workload)
  const warmUp = new Load(workload, opening(workload), ms * warmUpShare)
  await open.run(warmUp)
  const balances = await open.balances()
  warmUp.check(balances, system.name)
  collectGarbage()

  const load = new Load(workload, balances, most === Number.POSITIVE_INFINITY ? ms : Number.POSITIVE_INFINITY, 0, most)
  await open.run(load)
  load.check(await open.balances(), system.name)
  const latencies = load.latencies()
  return {
    transactions: load.transactions,
    txPerSecond: load.transactions / (load.elapsed / 1_000),
    p50ms: quantile(latencies, 0.5),
    p99ms: quantile(latencies, 0.99),
    maxms: quantile(latencies, 1),
  }
}

function summarize({ name, setting = {} }: System, rounds: readonly Round[]): Result {
  return {
    system: name,
    setting,
    transactions: rounds.reduce((sum, { transactions }) => sum + transactions, 0),
    txPerSecond: median(rounds.map(({ txPerSecond }) => txPerSecond)),
    p50ms: median(rounds.map(({ p50ms }) => p50ms)),
    p99ms: median(rounds.map(({ p99ms }) => p99ms)),
    maxms: median(rounds.map(({ maxms }) => maxms)),
    rounds,
  }
}
