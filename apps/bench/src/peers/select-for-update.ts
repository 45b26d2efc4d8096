import { Client, Pool } from 'pg'
import { dropSchema } from '../stores/postgres.js'
import { runLoops } from '../systems/loops.js'
import { onServer, type System } from '../systems/system.js'
import { opening, type Transfers } from '../workload.js'

interface Row {
  readonly id: number
  readonly balance: number
}

/**
 * Rows locked in the order of their ids, so that nobody deadlocks; statements prepared once a connection; both rows in one update.
 * The connections pipeline: what need not wait for an answer (BEGIN and the SELECT, the UPDATE and COMMIT) goes out together, so a
 * transfer takes two round trips, not four.
 */
export const selectForUpdate = (url: string, connections: number): System =>
  onServer(
    'select-for-update',
    {
      create: async (place, workload) => {
        const client = new Client({ connectionString: url })
        await client.connect()
        try {
          await client.query(`create schema ${place}`)
          await client.query(`create table ${place}.accounts (id integer primary key, balance integer not null)`)
          await client.query(
            `insert into ${place}.accounts select n - 1, balance from unnest($1::integer[]) with ordinality as o (balance, n)`,
            [opening(workload)],
          )
          await client.query(`vacuum analyze ${place}.accounts`)
        } finally {
          await client.end()
        }
      },
      join: async (place) => {
        const pool = new Pool({ connectionString: url, max: connections, pipeline: true })
        pool.on('error', (error) => {
          throw error
        })
        const transfer = transferIn(place)
        return {
          run: (load) => runLoops(load, () => (transfers) => transfer(pool, transfers)),
          balances: async () => {
            const { rows } = await pool.query<Row>(`select id, balance from ${place}.accounts order by id`)
            return rows.map(({ balance }) => balance)
          },
          [Symbol.asyncDispose]: () => pool.end(),
        }
      },
      remove: (place) => dropSchema(url, place),
    },
    { connections },
  )

function transferIn(place: string) {
  const select = `select id, balance from ${place}.accounts where id in ($1, $2) order by id for update`
  const update = `update ${place}.accounts as a set balance = v.balance
    from (values ($1::integer, $2::integer), ($3, $4)) as v (id, balance) where a.id = v.id`

  return async (pool: Pool, { from, to, amount }: Transfers): Promise<void> => {
    const client = await pool.connect()
    try {
      const [, { rows }] = await Promise.all([
        client.query('begin'),
        client.query<Row>({ name: 'select', text: select, values: [from, to] }),
      ])
      const balanceOf = (id: number) => (rows.find((row) => row.id === id) as Row).balance
      const values = [from, balanceOf(from) - amount, to, balanceOf(to) + amount]
      const [, { command }] = await Promise.all([
        client.query({ name: 'update', text: update, values }),
        client.query('commit'),
      ])
      // A transaction that failed before answers its COMMIT with this, not with an error.
      if (command !== 'COMMIT') throw new Error(`the transfer ended in ${command}`)
    } catch (error) {
      client.release(true)
      throw error
    }
    client.release()
  }
}
