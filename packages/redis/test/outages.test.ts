import { UnavailableError } from '@avout/core'
import type { Log } from '@avout/core/backend'
import { FaultProxy, start } from '@avout/servers'
import { expect, it } from 'vitest'
import { clock, newRealm, open, record, rejection, textOf, until } from './open.js'

/** All that a log holds. */
async function readAll(log: Log): Promise<string[]> {
  const found: string[] = []
  for (;;) {
    const page = await log.read(found.length, 1000)
    if (page.length === 0) return found
    found.push(...page.map(textOf))
  }
}

it('rejects an append whose answer was lost, and sends nothing twice', async () => {
  await using server = await start('redis')
  await using proxy = await FaultProxy.open(server.url)
  const { session } = await open(proxy.through(server.url))
  const { position } = await session.log.append(record('first'), 0)
  const cut = proxy.cutOnNextAnswer()
  const error = await rejection(session.log.append(record('unanswered'), position))
  await cut
  expect(error).toBeInstanceOf(UnavailableError)
  const next = await session.log.append(record('next'), position)
  // Replay tells what became of it.
  expect([next.position, next.missed.map(textOf)]).toEqual([3, ['unanswered']])
  expect(await readAll(session.log)).toEqual(['first', 'unanswered', 'next'])
  await session.close()
})

it('answers in bounded time when the server is silent, and sends nothing later', async () => {
  await using server = await start('redis')
  const realm = newRealm()
  const { session, states } = await open({ url: server.url, timeout: 400 }, realm)
  const { log, versions } = session
  await log.append(record('before'), 0)
  await server.pause()
  const began = clock.now()
  const calls = [
    log.append(record('sent'), 1),
    log.tail(),
    log.read(0, 1),
    session.counter('c').next(),
    versions.container('r').setStateAt(1, '1'),
    session.state('s').getState(),
    session.ping(),
  ]
  for (const call of calls) expect(await rejection(call)).toBeInstanceOf(UnavailableError)
  // By now the connection is given up: what comes next is not sent at all.
  expect(await rejection(log.append(record('not sent'), 1))).toBeInstanceOf(UnavailableError)
  expect(clock.now() - began).toBeLessThan(3000)
  expect(states.at(-1)).not.toBe('up')
  await server.resume()
  await session.ping()
  expect(states.at(-1)).toBe('up')
  const found = await readAll(log)
  expect(found.filter((text) => text === 'sent').length).toBeLessThanOrEqual(1)
  expect(found).not.toContain('not sent')
  await session.close()
})

it('waits for a server that comes back, and sends nothing to one that does not', async () => {
  await using server = await start('redis')
  const { session, states } = await open({ url: server.url, timeout: 500 })
  await server.stop()
  const error = await rejection(session.log.append(record('too late'), 0))
  expect(error).toBeInstanceOf(UnavailableError)
  expect(String(error)).toContain(new URL(server.url).port)
  expect(states).toContain('down')
  await server.start()
  await until(() => states.at(-1) === 'up', 'that it is up again')
  expect(await session.log.tail()).toBe(0)
  await session.close()
})

it('loses nothing acknowledged, and appends nothing twice, when the server is killed under load', async () => {
  await using server = await start('redis')
  const realm = newRealm()
  const clients = await Promise.all([1, 2, 3].map(() => open(server.url, realm)))
  const acknowledged: string[] = []
  const unknown = new Set<string>()
  let working = true
  const work = clients.map(async ({ session }, client) => {
    for (let i = 0; working; i++) {
      const text = `${client}.${i}`
      try {
        await session.log.append(record(text), 0)
        acknowledged.push(text)
      } catch (error) {
        expect(error).toBeInstanceOf(UnavailableError)
        unknown.add(text)
      }
    }
  })
  for (let round = 0; round < 2; round++) {
    const before = acknowledged.length
    await until(() => acknowledged.length > before + 100, 'a hundred appends')
    await server.kill()
    await server.start()
  }
  const before = acknowledged.length
  await until(() => acknowledged.length > before + 100, 'a hundred appends after all')
  working = false
  await Promise.all(work)
  const found = await readAll((await open(server.url, realm)).session.log)
  expect(new Set(found).size).toBe(found.length)
  expect(acknowledged.filter((text) => !found.includes(text))).toEqual([])
  for (const text of found) expect(acknowledged.includes(text) || unknown.has(text)).toBe(true)
  await Promise.all(clients.map(({ session }) => session.close()))
})

it('wakes and watches again after the connection was lost', async () => {
  await using server = await start('redis')
  await using proxy = await FaultProxy.open(server.url)
  const realm = newRealm()
  const { session } = await open(proxy.through(server.url), realm)
  const other = (await open(server.url, realm)).session
  let woken = 0
  let changed = 0
  await session.log.subscribe(() => woken++)
  await session.state('s').watchState?.(() => changed++)
  proxy.refuse()
  await other.log.append(record('missed'), 0)
  await other.state('s').setState(1)
  proxy.accept()
  // What happened meanwhile is told, and so is what happens then.
  await until(() => woken > 0 && changed > 0, 'news of what was missed')
  await session.ping()
  const before = [woken, changed]
  await other.log.append(record('next'), 0)
  await other.state('s').setState(2)
  await until(() => woken > (before[0] ?? 0) && changed > (before[1] ?? 0), 'news of what follows')
  await Promise.all([session.close(), other.close()])
})

it('loses a lease no later than another is granted it, when its holder is cut off', async () => {
  await using server = await start('redis')
  await using proxy = await FaultProxy.open(server.url)
  const realm = newRealm()
  const { session } = await open({ url: proxy.through(server.url), timeout: 500 }, realm)
  const other = (await open(server.url, realm)).session
  const lease = await session.lock('l').acquire('write', { lease: 900, owner: 'cut off' })
  const waiting = other.lock('l').acquire('write', { lease: 900, owner: 'next' })
  proxy.stall()
  const next = await waiting
  expect(lease.lost.aborted).toBe(true)
  expect(next.token).toBeGreaterThan(lease.token)
  await expect(lease.release()).rejects.toThrow('was lost')
  await next.release()
  proxy.resume()
  await Promise.all([session.close(), other.close()])
})
