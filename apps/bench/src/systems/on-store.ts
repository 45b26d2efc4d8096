import { type Avout, connect } from '@avout/core'
import type { Store } from '../stores/store.js'
import type { Workload } from '../workload.js'
import { type OpenSystem, onServer, type System } from './system.js'

/** How Avout keeps the accounts. A seat is what a loop uses of its connection. */
export interface Keeper<S> {
  seat(client: Avout, workload: Workload): S
  fill(seat: S, workload: Workload): Promise<unknown>
  /** `seatOf(n)`: that of loop `n`. */
  work(seatOf: (n: number) => S, workload: Workload): Pick<OpenSystem, 'run' | 'balances'>
}

/** Avout with every option at its default: `clients` connections of a process to one store, the loops spread evenly over them. */
export const onStore = <S>(
  name: string,
  store: Store,
  clients: number,
  setting: System['setting'],
  { seat, fill, work }: Keeper<S>,
): System =>
  onServer(
    name,
    {
      create: async (place, workload) => {
        await using client = await connectTo(store, place)
        await fill(seat(client, workload), workload)
      },
      join: async (place, workload) => {
        const all = await Promise.all(Array.from({ length: clients }, () => connectTo(store, place)))
        const seats = all.map((client) => seat(client, workload))
        return {
          ...work((n) => seats[n % clients] as S, workload),
          [Symbol.asyncDispose]: async () => {
            await Promise.all(all.map((client) => client.close()))
          },
        }
      },
      remove: (place) => store.remove(place),
    },
    setting,
  )

export const connectTo = (store: Store, realm: string): Promise<Avout> =>
  connect({ coordinator: store.coordinator(realm), realm })
