import { type ClientSession, type Collection, MongoClient } from 'mongodb'
import { dropDatabase } from '../stores/mongo.js'
import { runLoops } from '../systems/loops.js'
import { onServer, type System } from '../systems/system.js'
import { opening, type Transfers } from '../workload.js'

interface Account {
  readonly _id: number
  readonly balance: number
}

/** The driver's own retry of a transaction; both updates in one round trip, in the order of their ids, committed at majority. */
export const withTransaction = (url: string, connections: number): System =>
  onServer(
    'with-transaction',
    {
      create: async (place, workload) => {
        await using client = new MongoClient(url)
        const accounts = opening(workload).map((balance, _id): Account => ({ _id, balance }))
        await accountsIn(client, place).insertMany(accounts, { writeConcern: { w: 'majority' } })
      },
      join: async (place) => {
        const client = new MongoClient(url, { maxPoolSize: connections, writeConcern: { w: 'majority' } })
        await client.connect()
        const accounts = accountsIn(client, place)
        return {
          run: (load) => runLoops(load, () => (transfers) => transfer(client, accounts, transfers)),
          balances: async () => {
            const all = await accounts.find({}, { readConcern: 'majority' }).sort({ _id: 1 }).toArray()
            return all.map(({ balance }) => balance)
          },
          [Symbol.asyncDispose]: () => client.close(),
        }
      },
      remove: (place) => dropDatabase(url, place),
    },
    { connections },
  )

const accountsIn = (client: MongoClient, place: string) => client.db(place).collection<Account>('accounts')

function transfer(client: MongoClient, accounts: Collection<Account>, { from, to, amount }: Transfers): Promise<void> {
  const updates = [change(from, -amount), change(to, amount)]
  if (to < from) updates.reverse()
  return client.withSession((session: ClientSession) =>
    session.withTransaction(async () => {
      await accounts.bulkWrite(updates, { session })
    }),
  )
}

const change = (_id: number, by: number) => ({ updateOne: { filter: { _id }, update: { $inc: { balance: by } } } })
