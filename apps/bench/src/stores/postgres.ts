import { postgres } from '@avout/postgres'
import { Client } from 'pg'
import type { Store } from './store.js'

export const postgresStore = (url: string): Store => ({
  coordinator: (realm) => postgres({ connectionString: url, schema: realm }),
  remove: (realm) => dropSchema(url, realm),
})

export async function dropSchema(url: string, schema: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(`drop schema if exists ${schema} cascade`)
  } finally {
    await client.end()
  }
}
