import { connect } from '@avout/core'
import type { Store } from '../stores/store.js'
import { guarded } from './guarded.js'
import { onServer, type System } from './system.js'

/** One lock that all loops contend for; who holds it makes a transfer between accounts in memory. */
export const avoutLock = (store: Store, clients: number, setting?: System['setting']): System =>
  onServer(
    'avout',
    {
      create: async () => {},
      join: async (place, workload) => {
        const all = await Promise.all(
          Array.from({ length: clients }, () => connect({ coordinator: store.coordinator(place), realm: place })),
        )
        const locks = all.map((client) => client.lock('/desk'))
        return {
          ...guarded(workload, async (n, transfer) => {
            await using _held = await (locks[n % clients] as (typeof locks)[number]).acquire()
            await transfer()
          }),
          [Symbol.asyncDispose]: async () => {
            await Promise.all(all.map((client) => client.close()))
          },
        }
      },
      remove: (place) => store.remove(place),
    },
    setting,
  )
