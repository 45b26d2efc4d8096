import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { connect, UnavailableError } from '@avout/core'
import { FaultProxy, type OwnServer, start } from '@avout/servers'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { postgres } from '../src/index.js'
import { bytes, clock, eventually, newRealm, openSession, ownClient, reports, textOf } from './open.js'

let server: OwnServer
beforeAll(async () => {
  server = await start('postgres')
})
afterAll(() => server.close())

/** With a password, to see that it is nowhere shown: the server does not ask for one. */
function through(proxy: FaultProxy, password = 'hunter2'): string {
  const url = new URL(proxy.through(server.url))
  url.password = password
  return url.href
}

it('answers in bounded time when the server is silent, and goes on when it speaks again', async () => {
  await using proxy = await FaultProxy.open(server.url)
  const { states, report } = reports()
  const backend = postgres({ connectionString: through(proxy), timeout: 700 })
  const { log, versions, counter, state, lock, ping, close } = await openSession(backend, newRealm(), report)
  await log.append(bytes('before'), 0)
  // So that calls meet connections that are open and silent, not only such as do not open.
  await Promise.all(Array.from({ length: 10 }, ping))
  proxy.stall()
  const calls: Record<string, () => Promise<unknown>> = {
    ping,
    append: () => log.append(bytes('during'), 1),
    read: () => log.read(0, 1),
    tail: () => log.tail(),
    trim: () => log.trim(1),
    get: () => versions.container('r').getStateAt('1'),
    set: () => versions.container('r').setStateAt(1, '1'),
    setMany: async () => versions.setMany?.([{ ref: 'r', version: '1', value: 1 }]),
    next: () => counter('c').next(),
    state: () => state('s').getState(),
    acquire: () => lock('l').acquire('write', { lease: 1000, owner: 'o' }),
  }
  const begun = performance.now()
  await Promise.all(
    Object.entries(calls).map(async ([name, call]) => {
      const error = await call().then(
        () => undefined,
        (reason: unknown) => reason,
      )
      expect(UnavailableError.isInstance(error), `${name}: ${String(error)}`).toBe(true)
      expect(String(error)).toContain(`"postgres" at ${proxy.url}`)
      expect(String(error)).not.toContain('hunter2')
    }),
  )
  expect(performance.now() - begun).toBeLessThan(5000)
  await expect(openSession(postgres({ connectionString: through(proxy), timeout: 700 }))).rejects.toThrow(
    UnavailableError,
  )
  proxy.resume()
  await eventually('the server is up again', () => states.at(-1) === 'up')
  await ping()
  await close()
})

it('finds again an append whose answer was lost', async () => {
  await using proxy = await FaultProxy.open(server.url)
  const realm = newRealm()
  const other = await openSession(postgres(server.url), realm)
  await other.log.append(bytes('first'), 0)
  await other.close()
  const { log, close } = await openSession(postgres(through(proxy)), realm)
  const cut = proxy.cutOnNextAnswer()
  await expect(log.append(bytes('second'), 1)).rejects.toThrow(UnavailableError)
  await cut
  // Once, and certainly so: it is not sent again by itself.
  expect((await log.read(0, 10)).map(textOf)).toEqual(['first', 'second'])
  await close()
})

it('asks again for what may be asked twice when the connection breaks', async () => {
  await using proxy = await FaultProxy.open(server.url)
  const { log, versions, close } = await openSession(postgres(through(proxy)))
  const cut = proxy.cutOnNextAnswer()
  expect(await log.tail()).toBe(0)
  await cut
  const again = proxy.cutOnNextAnswer()
  await versions.setMany?.([{ ref: 'r', version: '1', value: 1 }])
  await again
  expect(await versions.container('r').getStateAt('1')).toBe(1)
  await close()
})

it('outlives connections that are ended, idle and listening ones too, and hears again', async () => {
  const realm = newRealm()
  const { states, report } = reports()
  const session = await openSession(postgres(server.url), realm, report)
  const other = await openSession(postgres(server.url), realm)
  let woken = 0
  await session.log.subscribe(() => woken++)
  await other.log.append(bytes('a'), 0)
  await eventually('a push', () => woken > 0)
  await using client = await ownClient(server.url)
  await client.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname is not null',
  )
  await eventually('it is up', () =>
    session.ping().then(
      () => true,
      () => false,
    ),
  )
  const before = woken
  await eventually('an append', () =>
    other.log.append(bytes('b'), 0).then(
      () => true,
      () => false,
    ),
  )
  await eventually('a push', () => woken > before)
  await eventually('told that it is up', () => states.at(-1) === 'up')
  expect(states).toContain('connecting')
  await Promise.all([session.close(), other.close()])
})

it('tells who holds a lock that it is lost, while the server is silent, before another can have it', async () => {
  const own = await start('postgres')
  const realm = newRealm()
  await using proxy = await FaultProxy.open(own.url)
  const cut = await openSession(postgres({ connectionString: proxy.through(own.url), timeout: 1000 }), realm)
  const other = await openSession(postgres(own.url), realm)
  const held = await cut.lock('l').acquire('write', { lease: 1500, owner: 'cut' })
  const next = other.lock('l').acquire('write', { lease: 5000, owner: 'other' })
  let lost: boolean | undefined
  const granted = next.then((lease) => {
    lost = held.lost.aborted
    return lease
  })
  proxy.stall()
  const lease = await granted
  expect(lost).toBe(true)
  expect(lease.token).toBeGreaterThan(held.token)
  await expect(held.release()).rejects.toThrow(/lost/)
  proxy.resume()
  await lease.release()
  await Promise.all([cut.close(), other.close()])
  await own.close()
})

it('outlives a server that shuts down right behind its welcome, in one piece of data', async () => {
  const message = (type: string, body: string) => {
    const head = Buffer.alloc(5)
    head.write(type)
    head.writeInt32BE(4 + Buffer.byteLength(body, 'latin1'), 1)
    return Buffer.concat([head, Buffer.from(body, 'latin1')])
  }
  const welcome = [message('R', '\0\0\0\0'), message('Z', 'I')]
  const farewell = message('E', 'SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0')
  const listener = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => socket.end(Buffer.concat([...welcome, farewell])))
  })
  await once(listener.listen(0, '127.0.0.1'), 'listening')
  const { port } = listener.address() as AddressInfo
  // An error that nobody listens to would end the process, and this run.
  const opening = openSession(
    postgres({ connectionString: `postgres://nobody@127.0.0.1:${port}/none`, timeout: 1000 }),
    newRealm(),
  )
  await expect(opening).rejects.toBeInstanceOf(UnavailableError)
  listener.close()
})

it('loses nothing that was acknowledged when the server is killed and restarted under load', async () => {
  const own = await start('postgres')
  const realm = newRealm()
  const accounts = Array.from({ length: 12 }, (_, i) => `/account/${i}`)
  const clients = await Promise.all(
    [0, 1, 2].map(() => connect({ coordinator: postgres({ connectionString: own.url, timeout: 2000 }), realm })),
  )
  let acknowledged = 0
  let unknown = 0
  let running = true
  const failures: unknown[] = []
  const work = clients.flatMap((avout, c) =>
    [0, 1, 2].map(async (w) => {
      const count = avout.ref(`/count/${c}/${w}`, 0)
      for (let i = 0; running; i++) {
        const [from, to] = [accounts[i % 12], accounts[(i * 5 + w + 1) % 12]].map((name) =>
          avout.ref(name as string, 100),
        )
        if (from === undefined || to === undefined || from === to) continue
        try {
          await avout.dosync(async (tx) => {
            await tx.alter(from, (n) => n - 1)
            await tx.alter(to, (n) => n + 1)
            await tx.alter(count, (n) => n + 1)
          })
          acknowledged++
        } catch (error) {
          const kind = (error as { kind?: string }).kind
          if (kind === 'unknown') unknown++
          else if (kind !== 'unavailable' && kind !== 'conflict') failures.push(error)
          await clock.sleep(20)
        }
      }
    }),
  )
  const reaches = (n: number) => eventually(`${n} commits`, () => acknowledged >= n, 30_000)
  await reaches(30)
  await own.kill()
  await own.start()
  const killed = acknowledged
  await reaches(killed + 30)
  await own.restart()
  const restarted = acknowledged
  await reaches(restarted + 30)
  running = false
  await Promise.all(work)
  expect(failures).toEqual([])
  const fresh = await connect({ coordinator: postgres(own.url), realm })
  const balances = await Promise.all(accounts.map((name) => fresh.ref(name, 100).deref()))
  const counts = await Promise.all(
    clients.flatMap((_, c) => [0, 1, 2].map((w) => fresh.ref(`/count/${c}/${w}`, 0).deref())),
  )
  const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0)
  expect(sum(balances)).toBe(1200)
  expect(sum(counts)).toBeGreaterThanOrEqual(acknowledged)
  expect(sum(counts)).toBeLessThanOrEqual(acknowledged + unknown)
  // The values are there for whoever reads the database.
  await Promise.all([...clients, fresh].map((avout) => avout.close()))
  await using client = await ownClient(own.url)
  const { rows } = await client.query<{ ref: string; value: number }>(
    `select ref, value from avout.current_values where realm = $1 and ref like '/account/%'`,
    [realm],
  )
  expect(sum(rows.map(({ value }) => value))).toBe(100 * rows.length + sum(balances) - 1200)
  expect(rows.length).toBe(12)
  await client.end()
  await own.close()
})
