import pg from 'pg'
import { type OwnView, patience } from './own-view.js'

/** The view `avout.current_values`: realm, ref, value; and the table `avout.states`, of atoms. */
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
    atom: async (realm, name) => {
      const { rows } = await client.query<{ value: unknown }>(
        'select s.value from avout.states s join avout.realms r on r.id = s.realm where r.name = $1 and s.name = $2',
        [realm, name],
      )
      return rows[0]?.value
    },
    [Symbol.asyncDispose]: () => client.end(),
  }
}
