import { mongo } from '@avout/mongo'
import { MongoClient } from 'mongodb'
import type { Store } from './store.js'

export const mongoStore = (url: string): Store => ({
  coordinator: (realm) => mongo({ url, database: realm }),
  remove: (realm) => dropDatabase(url, realm),
})

export async function dropDatabase(url: string, database: string): Promise<void> {
  const client = new MongoClient(url)
  try {
    await client.db(database).dropDatabase()
  } finally {
    await client.close()
  }
}
