import type { Atom } from '@avout/core'
import type { Store } from '../stores/store.js'
import { opening, type Transfers } from '../workload.js'
import { runLoops } from './loops.js'
import { onStore } from './on-store.js'
import type { System } from './system.js'

type Balances = readonly number[]

/** All accounts in one atom; a transfer is a `swap`. */
export const avoutAtom = (store: Store, clients: number, setting?: System['setting']): System =>
  onStore<Atom<Balances>>('avout', store, clients, setting, {
    seat: (client) => client.atom<Balances>('/accounts', []),
    fill: (atom, workload) => atom.reset(opening(workload)),
    work: (at) => ({
      run: (load) =>
        runLoops(load, (n) => {
          const atom = at(n)
          return (transfers) => atom.swap(moved, transfers)
        }),
      balances: () => at(0).deref(),
    }),
  })

export function moved(balances: Balances, { from, to, amount }: Transfers): number[] {
  const after = [...balances]
  after[from] = (after[from] as number) - amount
  after[to] = (after[to] as number) + amount
  return after
}
