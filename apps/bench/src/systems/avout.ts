import { type Avout, connect, type Ref } from '@avout/core'
import type { Store } from '../stores/store.js'
import { opening } from '../workload.js'
import { runLoops, type Transfer } from './loops.js'
import { onServer, type System } from './system.js'

/** Avout with every option at its default: `clients` connections of a process to one store, the loops spread evenly over them. */
export const avout = (store: Store, clients: number, setting?: System['setting']): System =>
  onServer(
    'avout',
    {
      create: async (place, workload) => {
        await using desk = await openDesk(store, place, workload.accounts)
        await desk.client.dosync((tx) => {
          for (const [n, balance] of opening(workload).entries()) tx.set(desk.accounts[n] as Ref<number>, balance)
        })
      },
      join: async (place, workload) => {
        const desks = await Promise.all(
          Array.from({ length: clients }, () => openDesk(store, place, workload.accounts)),
        )
        const [{ client, accounts }] = desks as [Desk]
        return {
          run: (load) => runLoops(load, (n) => transferAt(desks[n % clients] as Desk)),
          balances: () => client.read((tx) => tx.getAll(accounts)),
          [Symbol.asyncDispose]: async () => {
            await Promise.all(desks.map((desk) => desk[Symbol.asyncDispose]()))
          },
        }
      },
      remove: (place) => store.remove(place),
    },
    setting,
  )

/** A connection with its handles of the accounts. */
export interface Desk extends AsyncDisposable {
  readonly client: Avout
  readonly accounts: readonly Ref<number>[]
}

export async function openDesk(store: Store, realm: string, accounts: number): Promise<Desk> {
  const client = await connect({ coordinator: store.coordinator(realm), realm })
  return {
    client,
    accounts: Array.from({ length: accounts }, (_, n) => client.ref(`/accounts/${n}`, 0)),
    [Symbol.asyncDispose]: () => client.close(),
  }
}

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
