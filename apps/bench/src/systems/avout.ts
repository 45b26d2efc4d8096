import { type Avout, connect, type Ref } from '@avout/core'
import type { Store } from '../backends.js'
import type { Load } from '../load.js'
import { opening } from '../workload.js'
import type { System } from './system.js'

/** Avout with every option at its default: `clients` connections to one store, the loops spread evenly over them. */
export const avout = (openStore: () => Promise<Store>, clients: number): System => ({
  name: 'avout',
  open: async (workload) => {
    const store = await openStore()
    const desks = await Promise.all(Array.from({ length: clients }, () => openDesk(store, workload.accounts)))
    const [{ client, accounts }] = desks as [Desk]
    await client.dosync((tx) => {
      for (const [n, balance] of opening(workload).entries()) tx.set(accounts[n] as Ref<number>, balance)
    })
    return {
      run: async (load) => {
        const loops = Array.from({ length: load.workload.concurrency }, (_, n) =>
          transferLoop(desks[n % clients] as Desk, load, n),
        )
        await Promise.all(loops)
      },
      balances: () => client.read((tx) => tx.getAll(accounts)),
      [Symbol.asyncDispose]: async () => {
        await Promise.all(desks.map((desk) => desk.client.close()))
        await store[Symbol.asyncDispose]()
      },
    }
  },
})

/** A connection with its handles of the accounts. */
export interface Desk {
  readonly client: Avout
  readonly accounts: readonly Ref<number>[]
}

export async function openDesk({ coordinator, realm }: Store, accounts: number): Promise<Desk> {
  const client = await connect({ coordinator, realm })
  return { client, accounts: Array.from({ length: accounts }, (_, n) => client.ref(`/accounts/${n}`, 0)) }
}

export async function transferLoop({ client, accounts }: Desk, load: Load, n: number): Promise<void> {
  const transfers = load.loop(n)
  for (let started = load.begin(transfers); started > 0; started = load.begin(transfers)) {
    const from = accounts[transfers.from] as Ref<number>
    const to = accounts[transfers.to] as Ref<number>
    const { amount } = transfers
    await client.dosync(async (tx) => {
      const [source, target] = await tx.getAll([from, to])
      tx.set(from, source - amount)
      tx.set(to, target + amount)
    })
    load.done(transfers, started)
  }
}
