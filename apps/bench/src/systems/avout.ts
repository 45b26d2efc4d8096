import type { Avout, Ref } from '@avout/core'
import type { Store } from '../stores/store.js'
import { opening, type Workload } from '../workload.js'
import { runLoops, type Transfer } from './loops.js'
import { onStore } from './on-store.js'
import type { System } from './system.js'

/** A ref for each account; a transfer is a transaction. */
export const avout = (store: Store, clients: number, setting?: System['setting']): System =>
  onStore('avout', store, clients, setting, {
    seat: deskOf,
    fill: ({ client, accounts }, workload) =>
      client.dosync((tx) => {
        for (const [n, balance] of opening(workload).entries()) tx.set(accounts[n] as Ref<number>, balance)
      }),
    work: (at) => ({
      run: (load) => runLoops(load, (n) => transferAt(at(n))),
      balances: () => balancesAt(at(0)),
    }),
  })

/** A connection with its handles of the accounts. */
export interface Desk {
  readonly client: Avout
  readonly accounts: readonly Ref<number>[]
}

export const deskOf = (client: Avout, { accounts }: Workload): Desk => ({
  client,
  accounts: Array.from({ length: accounts }, (_, n) => client.ref(`/accounts/${n}`, 0)),
})

export const balancesAt = ({ client, accounts }: Desk): Promise<readonly number[]> =>
  client.read((tx) => tx.getAll(accounts))

const transferAt =
  ({ client, accounts }: Desk): Transfer =>
  (transfers) => {
    const from = accounts[transfers.from] as Ref<number>
    const to = accounts[transfers.to] as Ref<number>
    const { amount } = transfers
    return client.dosync(async (tx) => {
      const [source, target] = await tx.getAll([from, to])
      tx.set(from, source - amount)
      tx.set(to, target + amount)
    })
  }
