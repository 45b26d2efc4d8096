import { describe, expect, it } from 'vitest'
import { ConflictError, type Health, ValueError } from '../../src/index.js'
import { inspect } from '../../src/testing/index.js'
import { add, outcomeOf, REALM, World } from './world.js'

async function elsewhere(options: { maxBytes?: number; unopened?: boolean } = {}) {
  const world = new World()
  const home = world.another('elsewhere', options)
  const [a, b] = await world.pair({ backends: [home] })
  const n = a.ref('/n', 0, { in: home })
  if (!options.unopened) await world.wait(a.dosync((tx) => tx.set(a.ref('/opens', 0, { in: home }), 1)))
  const stored = (): unknown => {
    const version = inspect(a).heads().get('/n')?.version
    return version === undefined ? undefined : home.peek(REALM, '/n', version)
  }
  return { world, wait: world.wait, home, a, b, n, stored }
}

describe('a committed value', () => {
  it('is in its container when dosync resolves', async () => {
    const { wait, home, a, n, stored } = await elsewhere()
    home.faults = { ...home.faults, delay: [200, 200] }
    await wait(a.dosync((tx) => tx.set(n, 1)))
    expect(stored()).toBe(1)
  })

  it('is on its way there when that is all that was asked for', async () => {
    const { world, wait, home, a, n, stored } = await elsewhere()
    await wait(a.dosync((tx) => tx.set(n, 1)))
    home.faults = { ...home.faults, delay: [200, 200] }
    const before = world.scheduler.now
    await wait(a.dosync((tx) => tx.set(n, 2), { materialize: 'background' }))
    expect(world.scheduler.now).toBe(before)
    expect(stored()).toBeUndefined()
    await wait(a.flush())
    expect(stored()).toBe(2)
  })

  it('of several in one record costs one write, the newest', async () => {
    const { wait, home, a, n, stored } = await elsewhere()
    await wait(Promise.all([1, 2, 3].map(() => a.dosync((tx) => tx.alter(n, add, 1)))))
    expect(stored()).toBe(3)
    expect(home.holdings(REALM).get('/n')?.size).toBe(1)
  })

  it('is there although a later one of its record was lost', async () => {
    const { world, wait, a, b, n, stored } = await elsewhere()
    world.rival(() => b.dosync((tx) => tx.set(b.ref('/other', 0), 1)))
    const first = a.dosync((tx) => tx.set(n, 1))
    const second = a.dosync(async (tx) => tx.set(n, 2 + (await tx.get(a.ref('/other', 0)))), { maxAttempts: 1 })
    const lost = outcomeOf(second)
    await wait(first)
    expect(await wait(lost)).toEqual({ error: expect.any(ConflictError) })
    expect(await wait(n.deref())).toBe(1)
    expect(stored()).toBe(1)
  })

  it('is refused before the commit where the store can never hold it', async () => {
    const { world, wait, home, a } = await elsewhere({ maxBytes: 20 })
    const text = a.ref('/text', '', { in: home })
    const records = world.records().length
    const refused = a.dosync((tx) => tx.set(text, 'x'.repeat(30)))
    const error = await wait(refused.catch((failure: unknown) => failure))
    expect(error).toBeInstanceOf(ValueError)
    expect(error).toMatchObject({ ref: '/text', message: expect.stringContaining('elsewhere') })
    expect(world.records()).toHaveLength(records)
    expect(await wait(text.deref())).toBe('')
  })
})

describe('a container that is down', () => {
  it('holds up no commit; health says so, redo goes on, and stores it when it is back', async () => {
    const { world, wait, home, a, b, n, stored } = await elsewhere()
    await wait(a.dosync((tx) => tx.set(n, 1)))
    const told: Health[] = []
    a.on('health', (health) => told.push(health))
    home.down = true
    await wait(a.dosync((tx) => tx.set(n, 2)))
    expect(await wait(b.ref('/n', 0, { in: home }).deref())).toBe(2)
    await world.pass(2_000)
    expect(stored()).toBeUndefined()
    expect(told.at(-1)).toMatchObject({ ok: false, backends: { elsewhere: { state: 'down', redoBacklog: 1 } } })
    expect(await wait(a.health())).toMatchObject({ ok: false })
    home.down = false
    await wait(a.flush())
    expect(stored()).toBe(2)
    await world.pass()
    expect(told.at(-1)).toMatchObject({ ok: true, backends: { elsewhere: { state: 'up', redoBacklog: 0 } } })
  })

  it('gets the newest version only', async () => {
    const { wait, home, a, n, stored } = await elsewhere()
    await wait(a.dosync((tx) => tx.set(n, 1)))
    home.down = true
    for (const value of [2, 3, 4]) await wait(a.dosync((tx) => tx.set(n, value)))
    expect((await wait(a.health())).backends.elsewhere?.redoBacklog).toBe(1)
    home.down = false
    await wait(a.flush())
    expect(stored()).toBe(4)
    expect(home.holdings(REALM).get('/n')?.size).toBe(2)
  })

  it('keeps a flush waiting until its signal aborts', async () => {
    const { world, wait, home, a, n } = await elsewhere()
    await wait(a.dosync((tx) => tx.set(n, 1)))
    home.down = true
    await wait(a.dosync((tx) => tx.set(n, 2)))
    const [controller, reason] = [new AbortController(), new Error('enough')]
    const flushing = outcomeOf(a.flush({ signal: controller.signal }))
    await world.pass(3_000)
    controller.abort(reason)
    expect(await wait(flushing)).toEqual({ error: reason })
  })

  it('is served by another client when the one that committed has died', async () => {
    const { world, wait, home, a, b, n } = await elsewhere()
    await wait(a.dosync((tx) => tx.set(n, 1)))
    home.down = true
    await wait(a.dosync((tx) => tx.set(n, 2)))
    world.crash(a)
    home.down = false
    await wait(b.flush())
    const version = inspect(b).heads().get('/n')?.version as string
    expect(home.peek(REALM, '/n', version)).toBe(2)
  })

  it('that never answered yet refuses clearly, and is asked again', async () => {
    const { world, wait, home, a, n } = await elsewhere({ unopened: true })
    home.down = true
    const writing = outcomeOf(a.dosync((tx) => tx.set(n, 1), { timeout: 1_000 }))
    expect(await wait(writing)).toMatchObject({ error: { kind: 'unavailable', backend: 'elsewhere' } })
    home.down = false
    await world.pass(2_000)
    await wait(a.dosync((tx) => tx.alter(n, add, 5)))
    expect(await wait(n.deref())).toBe(5)
  })
})
