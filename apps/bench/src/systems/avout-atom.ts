import { type Atom, connect } from '@avout/core'
import type { Store } from '../stores/store.js'
import { opening, type Transfers } from '../workload.js'
import { runLoops } from './loops.js'
import { onServer, type System } from './system.js'

type Balances = readonly number[]

/** All accounts in one atom; a transfer is a `swap`. */
export const avoutAtom = (store: Store, clients: number, setting?: System['setting']): System =>
  onServer(
    'avout',
    {
      create: async (place, workload) => {
        await using client = await connect({ coordinator: store.coordinator(place), realm: place })
        await atomOf(client).reset(opening(workload))
      },
      join: async (place) => {
        const all = await Promise.all(
          Array.from({ length: clients }, () => connect({ coordinator: store.coordinator(place), realm: place })),
        )
        const atoms = all.map(atomOf)
        return {
          run: (load) =>
            runLoops(load, (n) => {
              const atom = atoms[n % clients] as Atom<Balances>
              return (transfers) => atom.swap(moved, transfers)
            }),
          balances: () => (atoms[0] as Atom<Balances>).deref(),
          [Symbol.asyncDispose]: async () => {
            await Promise.all(all.map((client) => client.close()))
          },
        }
      },
      remove: (place) => store.remove(place),
    },
    setting,
  )

const atomOf = (client: Awaited<ReturnType<typeof connect>>): Atom<Balances> => client.atom<Balances>('/accounts', [])

export function moved(balances: Balances, { from, to, amount }: Transfers): number[] {
  const after = [...balances]
  after[from] = (after[from] as number) - amount
  after[to] = (after[to] as number) + amount
  return after
}
