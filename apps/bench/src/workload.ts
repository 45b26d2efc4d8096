/** What is measured: transfers between two different accounts out of `accounts`, or into the only one, by `concurrency` loops. */
export interface Workload {
  readonly accounts: number
  readonly concurrency: number
}

/** Where the accounts are: a ref each, all in one atom, in memory under one lock, or one ref that is counted up. */
export type Keeping = 'refs' | 'atom' | 'lock' | 'counter'

export const workloads = {
  T: { accounts: 1_000, concurrency: 64, by: 'refs' },
  H: { accounts: 2, concurrency: 64, by: 'refs' },
  L: { accounts: 1_000, concurrency: 1, by: 'refs' },
  A: { accounts: 2, concurrency: 1, by: 'atom' },
  AH: { accounts: 2, concurrency: 16, by: 'atom' },
  C: { accounts: 1, concurrency: 64, by: 'counter' },
  K: { accounts: 2, concurrency: 64, by: 'lock' },
  KL: { accounts: 2, concurrency: 1, by: 'lock' },
} as const satisfies Record<string, Workload & { by: Keeping }>

export type WorkloadName = keyof typeof workloads

export const openingBalance = 1_000

export const opening = (workload: Workload): number[] => Array.from({ length: workload.accounts }, () => openingBalance)

/** Which transfers a loop makes: the same sequence for every system. */
export class Transfers {
  from = 0
  to = 0
  readonly amount = 1
  readonly #accounts: number
  #state: number

  constructor(accounts: number, seed: number) {
    this.#accounts = accounts
    this.#state = (seed + 1) * 0x9e3779b1
  }

  /** Moves on to the next pair of two different accounts; of the only one to itself, which is a payment into it. */
  next(): void {
    if (this.#accounts === 1) return
    this.from = this.#below(this.#accounts)
    const other = this.#below(this.#accounts - 1)
    this.to = other < this.from ? other : other + 1
  }

  /** xorshift32: enough for a choice of accounts, and it costs nothing beside a transaction. */
  #below(n: number): number {
    let x = this.#state | 0 || 1
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    this.#state = x
    return (x >>> 0) % n
  }
}
