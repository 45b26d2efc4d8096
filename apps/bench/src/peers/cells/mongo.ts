import { MongoClient } from 'mongodb'
import { dropDatabase } from '../../stores/mongo.js'
import type { CellAt } from '../compare-and-set.js'

interface Document {
  readonly _id: 'cell'
  readonly text: string
  readonly version: number
}

/** A document with a version, written and read at majority. */
export const mongoCell = (url: string): CellAt => ({
  create: async (place, text) => {
    await using client = new MongoClient(url)
    await cellIn(client, place).insertOne({ _id: 'cell', text, version: 0 })
  },
  open: async (place) => {
    const client = new MongoClient(url)
    await client.connect()
    const cell = cellIn(client, place)
    return {
      read: async () => (await cell.findOne({ _id: 'cell' })) as Document,
      set: async (text, version) => {
        const update = { $set: { text }, $inc: { version: 1 } }
        return (await cell.updateOne({ _id: 'cell', version }, update)).modifiedCount === 1
      },
      [Symbol.asyncDispose]: () => client.close(),
    }
  },
  remove: (place) => dropDatabase(url, place),
})

const cellIn = (client: MongoClient, place: string) =>
  client
    .db(place)
    .collection<Document>('cells', { writeConcern: { w: 'majority' }, readConcern: { level: 'majority' } })
