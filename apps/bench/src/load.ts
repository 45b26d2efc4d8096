import { Transfers, type Workload } from './workload.js'

/** Latencies kept of one round. Beyond, a sample drawn evenly from all: memory does not grow with the round. */
const capacity = 1 << 18

/** What one process did of a load. */
export interface Share {
  readonly transactions: number
  readonly elapsed: number
  readonly latencies: Float64Array
  /** What its acknowledged transfers changed at each account. */
  readonly moved: Float64Array
}

/**
 * One round of a workload: hands out transfers while the time lasts, and takes down which were acknowledged and how long each
 * took. It allocates nothing a transfer, so that it does not show in what it measures.
 */
export class Load {
  readonly workload: Workload
  transactions = 0
  /** ms from the start to the last acknowledgement. */
  elapsed = 0
  /** For how long transfers are begun. */
  readonly ms: number
  readonly #latencies = new Float64Array(capacity)
  #kept = 0
  /** Those of other processes. */
  readonly #more: Float64Array[] = []
  readonly #opening: Float64Array
  readonly #expected: Float64Array
  readonly #started: number
  readonly #until: number
  /** How many transfers are begun at most. */
  readonly most: number
  #begun = 0
  readonly #firstLoop: number
  #random = 0x2545f491

  /**
   * `balances`: what the accounts hold now. `ms`: for how long transfers are begun, from now on. `firstLoop`: the number of the
   * first loop, where other processes run those before it. `most`: how many are begun, whatever the time.
   */
  constructor(
    workload: Workload,
    balances: readonly number[],
    ms: number,
    firstLoop = 0,
    most = Number.POSITIVE_INFINITY,
  ) {
    this.workload = workload
    this.most = most
    this.ms = ms
    this.#opening = Float64Array.from(balances)
    this.#expected = this.#opening.slice()
    this.#firstLoop = firstLoop
    this.#started = performance.now()
    this.#until = this.#started + ms
  }

  /** The transfers of loop `n`: the same ones for every system. */
  loop(n: number): Transfers {
    return new Transfers(this.workload.accounts, this.#firstLoop + n)
  }

  /** Moves `transfers` on to the next and tells the time; 0 when the round is over: not before there is something to tell of it. */
  begin(transfers: Transfers): number {
    const now = performance.now()
    if ((now >= this.#until && this.transactions > 0) || this.#begun >= this.most) return 0
    this.#begun++
    transfers.next()
    return now
  }

  /** To be called once the system has acknowledged the transfer that `begin` gave out at `started`. */
  done(transfers: Transfers, started: number): void {
    const now = performance.now()
    this.elapsed = now - this.#started
    const at = this.#kept < capacity ? this.#kept++ : this.#below(this.transactions + 1)
    if (at < capacity) this.#latencies[at] = now - started
    this.transactions++
    const { from, to, amount } = transfers
    if (from !== to) this.#expected[from] = (this.#expected[from] as number) - amount
    this.#expected[to] = (this.#expected[to] as number) + amount
  }

  /**
   * Throws `WrongBalanceError` unless the sum is unchanged and every account holds exactly what the acknowledged transfers left
   * there. The sum alone would not do: over two accounts a lost update keeps it.
   */
  check(balances: readonly number[], system: string): void {
    const expected = this.#expected
    if (balances.length !== expected.length) {
      throw new WrongBalanceError(`${system}: ${balances.length} accounts, not ${expected.length}`)
    }
    const sum = balances.reduce((total, balance) => total + balance, 0)
    const should = expected.reduce((total, balance) => total + balance, 0)
    if (sum !== should) throw new WrongBalanceError(`${system}: the sum of all accounts is ${sum}, not ${should}`)
    const wrong = balances.findIndex((balance, account) => balance !== expected[account])
    if (wrong < 0) return
    throw new WrongBalanceError(
      `${system}: account ${wrong} holds ${balances[wrong]}, the acknowledged transfers make it ${expected[wrong]}`,
    )
  }

  /** In ms, ascending; a sample of them when there were very many. */
  latencies(): Float64Array {
    const samples = [this.#latencies.subarray(0, this.#kept), ...this.#more]
    const all = new Float64Array(samples.reduce((sum, { length }) => sum + length, 0))
    let at = 0
    for (const sample of samples) {
      all.set(sample, at)
      at += sample.length
    }
    return all.sort()
  }

  /** What was done here, for the process that counts all together. */
  share(): Share {
    const { transactions, elapsed } = this
    const moved = this.#expected.map((balance, account) => balance - (this.#opening[account] as number))
    return { transactions, elapsed, latencies: this.#latencies.slice(0, this.#kept), moved }
  }

  /** Counts what another process did in the same round. All processes' samples weigh the same: their loops are as many. */
  add({ transactions, elapsed, latencies, moved }: Share): void {
    this.transactions += transactions
    this.elapsed = Math.max(this.elapsed, elapsed)
    this.#more.push(latencies)
    for (const [account, by] of moved.entries()) this.#expected[account] = (this.#expected[account] as number) + by
  }

  #below(n: number): number {
    this.#random ^= this.#random << 13
    this.#random ^= this.#random >>> 17
    this.#random ^= this.#random << 5
    return (this.#random >>> 0) % n
  }
}

/** A system lost or invented money: what it was measured at means nothing. */
export class WrongBalanceError extends Error {
  override readonly name = 'WrongBalanceError'
}
