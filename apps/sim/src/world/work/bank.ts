import type { Reader } from '@avout/core'
import type { Client } from '../client.js'
import { ACCOUNTS, DEPOSIT } from '../refs.js'

/** Reads all accounts, one after the other; their sum is looked at in every run, also in those that come to nothing. */
async function balances(client: Client, tx: Reader): Promise<number[]> {
  const { accounts } = client.world.refs
  const found: number[] = []
  for (const account of client.random.shuffle(accounts)) {
    await client.dawdle()
    found[accounts.indexOf(account)] = await tx.get(account)
  }
  const sum = found.reduce((total, balance) => total + balance, 0)
  if (sum !== ACCOUNTS * DEPOSIT) client.world.violate(`${client.name} saw accounts of ${found}: money came or went`)
  return found
}

/** Moves money, by what it saw. */
export async function bank(client: Client): Promise<void> {
  const { random, world, avout } = client
  const [from, to] = random.shuffle(world.refs.accounts)
  if (from === undefined || to === undefined) throw new Error('a bank needs two accounts')
  const amount = random.between(1, 10)
  const isolated = random.chance(world.plan.snapshot)
  await client.call({ kind: 'bank' }, () =>
    avout.dosync(
      async (tx) => {
        await balances(client, tx)
        await tx.alter(from, (balance) => balance - amount)
        await client.dawdle()
        await tx.alter(to, (balance) => balance + amount)
      },
      { ...client.options(), ...(isolated ? { isolation: 'snapshot' } : {}) },
    ),
  )
}

export async function look(client: Client): Promise<void> {
  const stale = client.readOptions()
  await client.call({ kind: 'look at the bank', staleness: stale.staleness }, () =>
    client.avout.read((tx) => balances(client, tx), { ...client.options(), ...stale }),
  )
}
