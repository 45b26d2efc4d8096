// Accounts by id: enumerate, page, delete, aggregate without phantoms; list what a realm holds.
import type { Avout } from '@avout/core'
import { accounts } from './02-bank.js'

export async function total(avout: Avout) {
  return avout.read(
    async (tx) => {
      let sum = 0,
        after: string | undefined
      for (;;) {
        const page = await tx.entries(accounts, { limit: 500, after })
        for (const [key, account] of page) {
          sum += account.balance
          after = key
        }
        if (page.length < 500) return sum
      }
    },
    { staleness: 5_000 },
  )
}

export async function openOnce(avout: Avout, id: string, owner: string) {
  await avout.dosync(async (tx) => {
    const limit = (await tx.keys(accounts, { prefix: owner })).length // a rival's new account of this owner makes us run again
    if (limit >= 3) throw new Error('three accounts an owner')
    if (await tx.has(accounts(`${owner}:${id}`))) throw new Error('exists')
    tx.set(accounts(`${owner}:${id}`), { owner, balance: 0 })
    tx.delete(accounts(`${owner}:draft`))
  })
}

export async function print(avout: Avout) {
  for await (const ref of avout.list({ prefix: '/accounts/', limit: 100 })) console.log(ref.name, ref.in, ref.version)
  for await (const { key, old, value } of avout.family(accounts).changes()) console.log(key, old.balance, value.balance)
}
