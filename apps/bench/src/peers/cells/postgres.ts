import { Client } from 'pg'
import { dropSchema } from '../../stores/postgres.js'
import type { CellAt } from '../compare-and-set.js'

/** A row with a version; statements are prepared once, and go out without waiting for the answer of the one before. */
export const postgresCell = (url: string): CellAt => ({
  create: async (place, text) => {
    const client = await connected(url)
    try {
      await client.query(`create schema ${place}`)
      await client.query(`create table ${place}.cell (text text not null, version bigint not null)`)
      await client.query(`insert into ${place}.cell values ($1, 0)`, [text])
    } finally {
      await client.end()
    }
  },
  open: async (place) => {
    const client = await connected(url)
    const select = `select text, version from ${place}.cell`
    const update = `update ${place}.cell set text = $1, version = version + 1 where version = $2`
    return {
      read: async () => {
        const { rows } = await client.query<{ text: string; version: string }>({ name: 'select', text: select })
        const [{ text, version }] = rows as [{ text: string; version: string }]
        return { text, version: Number(version) }
      },
      set: async (text, version) => {
        const { rowCount } = await client.query({ name: 'update', text: update, values: [text, version] })
        return rowCount === 1
      },
      [Symbol.asyncDispose]: () => client.end(),
    }
  },
  remove: (place) => dropSchema(url, place),
})

async function connected(url: string): Promise<Client> {
  const client = new Client({ connectionString: url, pipeline: true })
  await client.connect()
  return client
}
