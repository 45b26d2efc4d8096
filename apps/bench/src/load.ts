import { Transfers, type Workload } from './workload.js'

/** Latencies kept of one round. Beyond, a sample drawn evenly from all: memory does not grow with the round. */
const capacity = 1 << 18

/**
 * One round of a workload: hands out transfers while the time lasts, and takes down which were acknowledged and how long each
 * took. It allocates nothing a transfer, so that it does not show in what it measures.
 */
export class Load {
  readonly workload: Workload
  transactions = 0
  /** ms from the start to the last acknowledgement. */
  elapsed = 0
  readonly #latencies = new Float64Array(capacity)
  readonly #expected: Float64Array
  readonly #started: number
  readonly #until: number
  #random = 0x2545f491

  /** `balances`: what the accounts hold now. `ms`: for how long transfers are begun, from now on. */
  constructor(workload: Workload, balances: readonly number[], ms: number) {
    this.workload = workload
    this.#expected = Float64Array.from(balances)
    this.#started = performance.now()
    this.#until = this.#started + ms
  }

  /** The transfers of loop `n`: the same ones for every system. */
  loop(n: number): Transfers {
    return new Transfers(this.workload.accounts, n)
  }

  /** Moves `transfers` on to the next and tells the time; 0 when the round is over. */
  begin(transfers: Transfers): number {
    const now = performance.now()
    if (now >= this.#until) return 0
    transfers.next()
    return now
  }

  /** To be called once the system has acknowledged the transfer that `begin` gave out at `started`. */
  done(transfers: Transfers, started: number): void {
    const now = performance.now()
    this.elapsed = now - this.#started
    const at = this.transactions < capacity ? this.transactions : this.#below(this.transactions + 1)
    if (at < capacity) this.#latencies[at] = now - started
    this.transactions++
    const { from, to, amount } = transfers
    this.#expected[from] = (this.#expected[from] as number) - amount
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
    return this.#latencies.slice(0, Math.min(this.transactions, capacity)).sort()
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
