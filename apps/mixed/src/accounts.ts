import type { Avout, Ref } from '@avout/core'
import { type ServerName, serverNames } from './stores.js'

/** One account in each store, named after it. */
export const homes = [...serverNames, 'files'] as const
export type HomeName = ServerName | 'files'

export const opening = 100

export type Accounts = readonly Ref<number>[]

/** In the order of `homes`. The client has to know all five stores. */
export const accountsOf = (client: Avout): Accounts =>
  homes.map((home) => client.ref(`/account/${home}`, opening, { in: home }))

/** Everybody gives 1, 2, 3, 4 and the last gets it all: one transaction over five stores. */
export function pay(client: Avout): Promise<void> {
  const accounts = accountsOf(client)
  return client.dosync(async (tx) => {
    for (const [i, account] of accounts.entries()) {
      await tx.alter(account, (balance) => balance + (i < 4 ? -(i + 1) : 10))
    }
  })
}

/** What the accounts hold after so many payments. */
export const balancesAfter = (payments: number): number[] =>
  homes.map((_, i) => opening + payments * (i < 4 ? -(i + 1) : 10))
