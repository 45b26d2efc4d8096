import pg from 'pg'
import { type OwnView, patience } from './own-view.js'

/** The view `avout.current_values`: realm, ref, value. */
export async function openPostgres(url: string): Promise<OwnView> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: patience,
    query_timeout: patience,
  })
  // Told by the calls: without a listener a connection that ends would end the process.
  let lost: Error | undefined
  client.on('error', (error) => {
    lost = error
  })
  try {
    await client.connect()
  } catch (error) {
    throw lost ?? error
  }
  return {
    ping: async () => {
      await client.query('select 1')
    },
    values: async (realm, prefix) => {
      const { rows } = await client.query<{ ref: string; value: unknown }>(
        'select ref, value from avout.current_values where realm = $1 and starts_with(ref, $2)',
        [realm, prefix],
      )
      return new Map(rows.map(({ ref, value }) => [ref, value]))
    },
    [Symbol.asyncDispose]: () => client.end(),
  }
}
