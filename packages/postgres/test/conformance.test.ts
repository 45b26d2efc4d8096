import type { Harness } from '@avout/conformance'
import { describeBackend } from '@avout/conformance/vitest'
import { type Kind, start } from '@avout/servers'
import { Client } from 'pg'
import { postgres } from '../src/index.js'

/**
 * Some scenarios have hundreds of clients, on a server that takes a hundred connections; and on a machine that others keep busy
 * hundreds of calls at once wait for one another.
 */
const FRUGAL = { max: 4, idleTimeoutMillis: 100, timeout: 20_000 }

async function harness(kind: Kind): Promise<Harness> {
  const server = await start(kind)
  return {
    open: () => postgres({ connectionString: server.url, ...FRUGAL }),
    restart: () => server.restart(),
    current: async (realm, ref) => {
      const client = new Client(server.url)
      await client.connect()
      const text = 'select value from avout.current_values where realm = $1 and ref = $2'
      const { rows } = await client.query<{ value: never }>(text, [realm, ref])
      await client.end()
      return rows[0]?.value
    },
    close: () => server.close(),
  }
}

describeBackend('postgres', () => harness('postgres'))
describeBackend('postgres behind pgbouncer', () => harness('pgbouncer'))
