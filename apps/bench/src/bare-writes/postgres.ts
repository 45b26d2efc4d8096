import { Client } from 'pg'
import { dropSchema } from '../stores/postgres.js'
import type { WritesAt } from './bare-write.js'

/** An INSERT, which commits by itself. */
export const postgresWrites = (url: string): WritesAt => ({
  create: async (place) => {
    const client = await connected(url)
    try {
      await client.query(`create schema ${place}`)
      await client.query(`create table ${place}.writes (n bigint primary key, text text not null)`)
    } finally {
      await client.end()
    }
  },
  open: async (place) => {
    const client = await connected(url)
    const insert = `insert into ${place}.writes values ($1, $2)`
    return {
      write: (n, text) => client.query({ name: 'insert', text: insert, values: [n, text] }),
      all: async () => {
        const { rows } = await client.query<{ text: string }>(`select text from ${place}.writes`)
        return rows.map((row) => row.text)
      },
      [Symbol.asyncDispose]: () => client.end(),
    }
  },
  remove: (place) => dropSchema(url, place),
})

async function connected(url: string): Promise<Client> {
  const client = new Client({ connectionString: url })
  await client.connect()
  return client
}
