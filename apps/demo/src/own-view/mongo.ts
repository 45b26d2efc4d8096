import { MongoClient } from 'mongodb'
import { type OwnView, patience } from './own-view.js'

/** A document of the view `current` in the database `avout`. */
interface Current {
  readonly _id: { readonly realm: string; readonly ref: string }
  readonly value: unknown
}

/** A document of the collection `states`: an atom. */
interface State {
  readonly _id: { readonly realm: string; readonly name: string }
  readonly value: unknown
}

/** The view `current` in the database `avout`: `{ _id: { realm, ref }, value }`; and the collection `states`: `{ _id: { realm, name }, value }`. */
export async function openMongo(url: string): Promise<OwnView> {
  const client = new MongoClient(url, {
    serverSelectionTimeoutMS: patience,
    connectTimeoutMS: patience,
    socketTimeoutMS: patience,
  })
  try {
    await client.connect()
  } catch (error) {
    await client.close()
    throw error
  }
  const database = client.db('avout')
  return {
    ping: async () => {
      await database.command({ ping: 1 })
    },
    values: async (realm, prefix) => {
      const range = { $gte: { realm, ref: prefix }, $lt: { realm, ref: `${prefix}\uffff` } }
      const found = await database
        .collection<Current>('current', { readConcern: { level: 'majority' } })
        .find({ _id: range })
        .toArray()
      return new Map(found.map(({ _id, value }) => [_id.ref, value]))
    },
    atom: async (realm, name) => {
      const found = await database
        .collection<State>('states', { readConcern: { level: 'majority' } })
        .findOne({ _id: { realm, name } })
      return found?.value
    },
    [Symbol.asyncDispose]: () => client.close(),
  }
}
