import { UnavailableError } from '@avout/core'
import { FaultProxy } from '@avout/servers'
import { Redis } from 'ioredis'
import { expect, it } from 'vitest'
import { onRedis } from './on-redis.js'
import { open, rejection, until } from './open.js'

const on = onRedis()

const LEASE = 3_000

const acquire = (name: string, owner: string) => on.session.lock(name).acquire('write', { lease: LEASE, owner })

async function waitingId(name: string): Promise<string | undefined> {
  const text = await on.raw.get(on.keys.lock(name))
  return text === null ? undefined : (JSON.parse(text) as { waiting: [{ id: string }?] }).waiting[0]?.id
}

/** What the lock scripts were asked, in order: `[what, id]`. */
async function listening(name: string): Promise<{ asked: [what: string, id: string][]; end(): void }> {
  const base = new Redis(on.server.url)
  const monitor = await base.monitor()
  base.disconnect() // it listens on a connection of its own
  const asked: [string, string][] = []
  monitor.on('monitor', (_time: string, args: string[]) => {
    const at = args.indexOf(on.keys.lock(name))
    if (/^evalsha$/i.test(args[0] ?? '') && at >= 0) asked.push([args[at + 3] as string, args[at + 4] as string])
  })
  return { asked, end: () => monitor.disconnect() }
}

it('changes hands in one round trip: who is next is told the token', async () => {
  const { asked, end } = await listening('hands')
  let held = await acquire('hands', 'owner 0')
  let direct = 0
  for (let n = 1; n <= 6; n++) {
    const next = acquire('hands', `owner ${n}`)
    await until(async () => (await waitingId('hands')) !== undefined, 'a place in the queue')
    const id = await waitingId('hands')
    // It has subscribed, and asked again because it may have missed something before.
    await until(() => asked.some(([what, who]) => what === 'look' && who === id), 'its second question')
    await held.release()
    const lease = await next
    expect(lease.token).toBe(held.token + 1)
    held = lease
    await on.session.lock('hands').queue()
    await until(() => asked.at(-1)?.[0] === 'queue', 'all that was asked')
    const left = asked.map(([what]) => what).lastIndexOf('leave')
    if (!asked.slice(left).some(([what]) => what === 'look')) direct++
  }
  await held.release()
  end()
  // Now and then it polls just then.
  expect(direct).toBeGreaterThanOrEqual(4)
})

it('does not take a grant that has ended for the one it waits for', async () => {
  const { asked, end } = await listening('late')
  const first = await acquire('late', 'a')
  let granted = false
  const next = acquire('late', 'b').then((lease) => {
    granted = true
    return lease
  })
  await until(async () => (await waitingId('late')) !== undefined, 'a place in the queue')
  const before = await waitingId('late')
  // As if it had been away for longer than its lease: it was granted the lock, and has lost it again.
  const text = JSON.parse((await on.raw.get(on.keys.lock('late'))) as string) as object
  await on.raw.set(on.keys.lock('late'), JSON.stringify({ ...text, waiting: {} }))
  await until(async () => ![undefined, before].includes(await waitingId('late')), 'another place in the queue')
  await on.raw.publish(on.keys.lock('late'), `${before} 99`)
  const now = await waitingId('late')
  const polls = () => asked.filter(([what, id]) => what === 'look' && id === now).length
  const polled = polls()
  await until(() => polls() > polled, 'that it goes on waiting')
  expect(granted).toBe(false)
  await first.release()
  const lease = await next
  expect(lease.token).toBe(first.token + 1)
  await lease.release()
  end()
})

it('keeps its place while the server is away, and is granted the lock afterwards', async () => {
  await using proxy = await FaultProxy.open(on.server.url)
  const { session } = await open(proxy.through(on.server.url), on.realm)
  const first = await acquire('away', 'a')
  const next = session.lock('away').acquire('write', { lease: LEASE, owner: 'b' })
  await until(async () => (await waitingId('away')) !== undefined, 'a place in the queue')
  const id = await waitingId('away')
  // It had asked, and hears nothing: not of that, nor of its turn.
  await proxy.cutOnNextAnswer()
  proxy.refuse()
  await first.release()
  await until(async () => (await on.session.lock('away').queue()).some(({ holds }) => holds), 'a grant')
  proxy.accept()
  const lease = await next
  expect(lease.token).toBe(first.token + 1)
  expect(JSON.parse((await on.raw.get(on.keys.lock('away'))) as string)).toMatchObject({ grants: [{ id }] })
  await lease.release()
  await session.close()
})

it('gives up when the server is away for longer than its place in the queue lasts', async () => {
  await using proxy = await FaultProxy.open(on.server.url)
  const { session } = await open({ url: proxy.through(on.server.url), timeout: 200 }, on.realm)
  const first = await acquire('gone', 'a')
  const waiting = rejection(session.lock('gone').acquire('write', { lease: 600, owner: 'b' }))
  await until(async () => (await waitingId('gone')) !== undefined, 'a place in the queue')
  await proxy.cutOnNextAnswer()
  proxy.refuse()
  expect(await waiting).toBeInstanceOf(UnavailableError)
  await first.release()
  await session.close()
})
