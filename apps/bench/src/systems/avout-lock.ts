import type { Store } from '../stores/store.js'
import { guarded } from './guarded.js'
import { onStore } from './on-store.js'
import type { System } from './system.js'

/** One lock that all loops contend for; who holds it makes a transfer between accounts in memory. */
export const avoutLock = (store: Store, clients: number, setting?: System['setting']): System =>
  onStore('avout', store, clients, setting, {
    seat: (client) => client.lock('/desk'),
    fill: async () => {}, // the accounts are in memory
    work: (at, workload) =>
      guarded(workload, async (n, transfer) => {
        await using _held = await at(n).acquire()
        await transfer()
      }),
  })
