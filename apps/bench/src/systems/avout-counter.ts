import { ops, type Ref } from '@avout/core'
import type { Store } from '../stores/store.js'
import { opening } from '../workload.js'
import { type Desk, openDesk } from './avout.js'
import { runLoops, type Transfer } from './loops.js'
import { onServer, type System } from './system.js'

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

function counting(
  name: string,
  store: Store,
  clients: number,
  setting: System['setting'],
  incrementAt: (desk: Desk) => Transfer,
): System {
  return onServer(
    name,
    {
      create: async (place, workload) => {
        await using desk = await openDesk(store, place, 1)
        await desk.client.dosync((tx) => tx.set(desk.accounts[0] as Ref<number>, opening(workload)[0] as number))
      },
      join: async (place) => {
        const desks = await Promise.all(Array.from({ length: clients }, () => openDesk(store, place, 1)))
        const [{ client, accounts }] = desks as [Desk]
        return {
          run: (load) => runLoops(load, (n) => incrementAt(desks[n % clients] as Desk)),
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
}
