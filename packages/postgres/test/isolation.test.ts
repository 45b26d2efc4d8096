import { start } from '@avout/servers'
import { Pool } from 'pg'
import { expect, it } from 'vitest'
import { type PostgresOptions, postgres } from '../src/index.js'
import { bytes, databaseOf, newRealm, openSession, ownClient } from './open.js'

/** What fails for two of three writers where transactions are serializable. */
async function race(optionsOf: (client: number) => PostgresOptions) {
  const realm = newRealm()
  const sessions = await Promise.all([0, 1, 2, 3].map((i) => openSession(postgres(optionsOf(i)), realm)))
  await Promise.all(
    sessions.map(async ({ log, counter, versions }, writer) => {
      for (let i = 0; i < 15; i++) {
        const value = { ref: `r${i}`, version: `${writer}`, value: writer }
        await log.appendWith?.(bytes('a'), 0, [value])
        await counter('c').next()
        await versions.setMany?.([{ ref: 'same', version: `${i}`, value: writer }, value])
        await versions.setCurrent?.([{ ...value, position: 4 * i + writer }])
      }
    }),
  )
  const [first] = sessions
  const lock = first?.lock('l')
  const waiting = await Promise.all(
    sessions.map(async (session, i) => {
      const lease = await session.lock('l').acquire('write', { lease: 5000, owner: `${i}` })
      await lease.release()
      return lease.token
    }),
  )
  const told = [
    await first?.log.tail(),
    await first?.counter('c').current(),
    new Set(waiting).size,
    await lock?.queue(),
  ]
  await Promise.all(sessions.map((session) => session.close()))
  return told
}

const DONE = [60, 60, 4, []]

it('works where the default of the database is stricter: alone, with your pool, and behind a pooler', async () => {
  await using server = await start('pgbouncer')
  await using admin = await ownClient(server.url)
  const direct = server.nodes.map(({ url }) => url).find((url) => url !== server.url)
  for (const level of ['serializable', 'repeatable read']) {
    const database = level.replace(' ', '_')
    await admin.query(`create database ${database}`)
    await admin.query(`alter database ${database} set default_transaction_isolation = '${level}'`)
    const [pooled, alone] = [server.url, direct ?? server.url].map((url) => databaseOf(url, database)) as [
      string,
      string,
    ]
    expect(await race(() => ({ connectionString: alone })), level).toEqual(DONE)
    expect(await race(() => ({ connectionString: pooled })), `${level}, pooled`).toEqual(DONE)
    const pool = new Pool({ connectionString: alone })
    expect(await race(() => ({ pool })), `${level}, own pool`).toEqual(DONE)
    const { rows } = await pool.query<{ transaction_isolation: string }>('show transaction_isolation')
    expect(rows[0]?.transaction_isolation).toBe(level) // yours are as they were
    await pool.end()
  }
})
