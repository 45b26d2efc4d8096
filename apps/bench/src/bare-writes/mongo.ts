import { MongoClient } from 'mongodb'
import { dropDatabase } from '../stores/mongo.js'
import type { WritesAt } from './bare-write.js'

interface Written {
  readonly _id: number
  readonly text: string
}

/** An insert at majority. */
export const mongoWrites = (url: string): WritesAt => ({
  create: async () => {},
  open: async (place) => {
    const client = new MongoClient(url, { writeConcern: { w: 'majority' } })
    await client.connect()
    const writes = client.db(place).collection<Written>('writes')
    return {
      write: (_id, text) => writes.insertOne({ _id, text }),
      all: async () => (await writes.find({}, { readConcern: 'majority' }).toArray()).map(({ text }) => text),
      [Symbol.asyncDispose]: () => client.close(),
    }
  },
  remove: (place) => dropDatabase(url, place),
})
