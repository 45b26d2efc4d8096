// Transfers between accounts of a family; what a caller does about each kind of failure.
import { type Avout, ConflictError, defineFamily, OutcomeUnknownError, type Tx } from '@avout/core'

interface Account {
  owner: string
  balance: number
  closed?: boolean
}
export const accounts = defineFamily<Account>('/accounts', { owner: '', balance: 0 })

const move = (account: Account, by: number): Account => ({ ...account, balance: account.balance + by })

export async function transfer(db: Avout | Tx, from: string, to: string, amount: number) {
  return db.dosync(async (tx) => {
    const [source, target] = await tx.getAll([accounts(from), accounts(to)])
    if (source.balance < amount) throw new RangeError(`${from} has only ${source.balance}`)
    if (target.closed) throw new Error(`${to} is closed`)
    void tx.alter(accounts(from), move, -amount) // not awaited: the transaction waits for it
    await tx.alter(accounts(to), move, amount)
    tx.afterCommit(({ id }) => console.log('moved in', id))
    return { left: source.balance - amount }
  })
}

export async function handle(avout: Avout) {
  try {
    const { left } = await transfer(avout, 'alice', 'bob', 10)
    left satisfies number
  } catch (error) {
    if (OutcomeUnknownError.isInstance(error)) return avout.outcome(error.id)
    if (ConflictError.isInstance(error)) console.warn(error.refs.join(), 'against', error.rival?.label, error.attempts)
    throw error
  }
  return 'committed'
}
