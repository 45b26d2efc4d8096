import { UnavailableError } from '@avout/core'
import type { Log } from '@avout/core/backend'
import { FaultProxy, start } from '@avout/servers'
import { describe, expect, it } from 'vitest'
import { bytes, DRIVERS, Sessions, text, until } from './backends.js'
import { Switch } from './switch.js'

async function readAll(log: Log): Promise<string[]> {
  const found: string[] = []
  for (;;) {
    const page = await log.read(found.length, 1000)
    if (page.length === 0) return found
    found.push(...page.map(({ record }) => text(record)))
  }
}

const rejection = async (promise: Promise<unknown>): Promise<unknown> => {
  const [outcome] = await Promise.allSettled([promise])
  if (outcome.status === 'fulfilled') throw new Error('it did not reject')
  return outcome.reason
}

it('gives a connection up on which a server says nothing, long before the session ends', async () => {
  await using server = await start('zookeeper')
  await using front = await Switch.open(server.url)
  await using sessions = new Sessions()
  front.swallow(2)
  const driver = 'node-zookeeper-client'
  const session = await sessions.open({ connection: front.url, driver, timeout: 20_000, sessionTimeout: 60_000 })
  await session.log.append(bytes('heard'), 0)
  expect(front.swallowed).toBe(0)
})

describe.each(DRIVERS)('with %s', (driver) => {
  it('rejects an append whose answer was lost, and sends nothing twice', async () => {
    await using server = await start('zookeeper')
    await using proxy = await FaultProxy.open(server.url)
    await using sessions = new Sessions()
    const { log } = await sessions.open({ connection: proxy.through(server.url), driver, timeout: 20_000 })
    const { position } = await log.append(bytes('first'), 0)
    const cut = proxy.cutOnNextAnswer()
    const appending = rejection(log.append(bytes('unanswered'), position))
    await cut
    expect(await appending).toBeInstanceOf(UnavailableError)
    await log.append(bytes('next'), position)
    // A ping may have been what was answered next: then the append was not sent, or found its way.
    const found = await readAll(log)
    expect(found.filter((each) => each === 'unanswered').length).toBeLessThanOrEqual(1)
    expect([found[0], found.at(-1)]).toEqual(['first', 'next'])
  })

  it('answers in bounded time when the server is silent, and is up again when it speaks', async () => {
    await using server = await start('zookeeper')
    await using sessions = new Sessions()
    const told = { states: [] as string[], errors: [] as unknown[] }
    const session = await sessions.open({ connection: server.url, driver, timeout: 500, sessionTimeout: 2_000 }, told)
    await session.log.append(bytes('before'), 0)
    await server.pause()
    const began = performance.now()
    const calls = await Promise.allSettled([
      session.log.append(bytes('sent'), 1),
      session.log.tail(),
      session.counter('c').next(),
      session.versions.container('r').setStateAt(1, '1'),
      session.state('s').getState(),
      session.ping(),
    ])
    for (const call of calls) expect(call).toMatchObject({ reason: expect.any(UnavailableError) })
    expect(performance.now() - began).toBeLessThan(20_000)
    await server.resume()
    await until('an answer', async () => (await Promise.allSettled([session.ping()]))[0]?.status === 'fulfilled')
    await until('that it says so', () => told.states.at(-1) === 'up')
    const found = await readAll(session.log)
    expect(found.filter((each) => each === 'sent').length).toBeLessThanOrEqual(1)
  })

  it('outlives the session of the server: one that was silent for longer is taken up by a new one', async () => {
    await using server = await start('zookeeper')
    await using proxy = await FaultProxy.open(server.url)
    await using sessions = new Sessions()
    const told = { states: [] as string[], errors: [] }
    const options = { connection: proxy.through(server.url), driver, timeout: 20_000, sessionTimeout: 2_000 }
    const session = await sessions.open(options, told)
    const other = await sessions.open({ connection: server.url, driver })
    await session.log.append(bytes('one'), 0)
    proxy.refuse()
    await other.log.append(bytes('two'), 1)
    await until('that the session is given up', () => told.states.includes('down'))
    proxy.accept()
    await until('an answer', async () => (await Promise.allSettled([session.ping()]))[0]?.status === 'fulfilled')
    expect(await readAll(session.log)).toEqual(['one', 'two'])
    const { position } = await session.log.append(bytes('three'), 2)
    expect(position).toBe(3)
  })

  it('names the servers in what it says, and no data', async () => {
    await using sessions = new Sessions()
    const opening = async () => {
      const session = await sessions.open({ connection: '127.0.0.1:1', driver, timeout: 300 })
      await session.log.append(bytes('secret'), 0)
    }
    const error = await rejection(opening())
    expect(error).toBeInstanceOf(UnavailableError)
    expect(String(error)).toContain('127.0.0.1:1')
    expect(String(error)).not.toContain('secret')
  })
})
