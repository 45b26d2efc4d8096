import { ops, type Ref } from '@avout/core'
import type { Store } from '../stores/store.js'
import { opening } from '../workload.js'
import { balancesAt, type Desk, deskOf } from './avout.js'
import { runLoops, type Transfer } from './loops.js'
import { onStore } from './on-store.js'
import type { System } from './system.js'

/** One ref that all count up, by an operation. */
export const avoutCounter = (store: Store, clients: number, setting?: System['setting']): System =>
  counting('avout', store, clients, setting, ({ client, accounts }) => {
    const [count] = accounts as [Ref<number>]
    return ({ amount }) => client.dosync((tx) => tx.commute(count, ops.add(amount)))
  })

/** The same by `alter`: a read and a write, each of which conflicts with every other. */
export const alterCounter = (store: Store): System =>
  counting('alter', store, 1, {}, ({ client, accounts }) => {
    const [count] = accounts as [Ref<number>]
    return ({ amount }) => client.dosync((tx) => tx.alter(count, add, amount))
  })

const add = (value: number, n: number): number => value + n

const counting = (
  name: string,
  store: Store,
  clients: number,
  setting: System['setting'],
  incrementAt: (desk: Desk) => Transfer,
): System =>
  onStore(name, store, clients, setting, {
    seat: deskOf,
    fill: ({ client, accounts }, workload) =>
      client.dosync((tx) => tx.set(accounts[0] as Ref<number>, opening(workload)[0] as number)),
    work: (at) => ({
      run: (load) => runLoops(load, (n) => incrementAt(at(n))),
      balances: () => balancesAt(at(0)),
    }),
  })
