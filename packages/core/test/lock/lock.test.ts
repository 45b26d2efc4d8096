import { describe, expect, it } from 'vitest'
import { LockLostError, UnavailableError } from '../../src/index.js'
import { latch, outcomeOf, World } from '../engine/world.js'

const LEASE = 1_000

describe('a lock', () => {
  it('is held by one at a time, granted in order, with growing tokens', async () => {
    const world = new World({ delay: [1, 3] })
    const [a, b] = await world.pair()
    const order: string[] = []
    let holders = 0
    const enter = async (client: typeof a, name: string) => {
      const held = await client.lock('/desk').acquire()
      expect(++holders).toBe(1)
      order.push(`${name} ${held.token}`)
      await client.dosync((tx) => tx.alter(client.ref('/n', 0), (n) => n + 1))
      holders--
      await held.release()
    }
    await world.wait(Promise.all([enter(a, 'a'), enter(b, 'b'), enter(a, 'c')]))
    const tokens = order.map((entry) => Number(entry.split(' ')[1]))
    expect(tokens).toEqual([...tokens].sort((x, y) => x - y))
    expect(new Set(tokens).size).toBe(3)
  })

  it('is not waited for by who only tries', async () => {
    const world = new World({ delay: [1, 3] })
    const [a, b] = await world.pair()
    const held = await world.wait(a.lock('/l').acquire())
    expect(await world.wait(b.lock('/l').tryAcquire())).toBeNull()
    const queue = await world.wait(a.lock('/l').queue())
    expect(queue).toMatchObject([{ client: 'a', holds: true, since: expect.any(Date) }])
    await world.wait(held.release())
    const got = await world.wait(b.lock('/l').tryAcquire())
    expect(got?.token).toBeGreaterThan(held.token)
    expect(await world.wait(b.lock('/l').queue())).toMatchObject([{ client: 'b', holds: true, token: got?.token }])
  })

  it('says who held it when it is not granted in time, and leaves the queue', async () => {
    const world = new World()
    const [a, b] = await world.pair()
    await world.wait(a.lock('/l').acquire())
    const outcome = await world.wait(outcomeOf(b.lock('/l').acquire({ timeout: 100 })))
    expect(outcome).toMatchObject({
      error: { code: 'AVOUT_TIMEOUT', message: 'the lock /l was not granted within 100 ms: a held it' },
    })
  })

  it('is given up with the signal of who waits', async () => {
    const world = new World()
    const [a, b] = await world.pair()
    await world.wait(a.lock('/l').acquire())
    const [controller, reason] = [new AbortController(), new Error('enough')]
    const waiting = outcomeOf(b.lock('/l').acquire({ signal: controller.signal }))
    await world.pass(10)
    controller.abort(reason)
    expect(await world.wait(waiting)).toEqual({ error: reason })
    expect(await world.wait(a.lock('/l').queue())).toHaveLength(1)
  })

  it('tells a holder that lost it, whose release says so and whose disposal does not', async () => {
    const world = new World({ patience: 100 })
    const [a, b] = await world.pair()
    const held = await world.wait(a.lock('/l').acquire({ lease: LEASE }))
    world.store.down = true
    await world.pass(3 * LEASE)
    world.store.down = false
    expect(held.signal.aborted).toBe(true)
    expect(await world.wait(outcomeOf(held.release()))).toMatchObject({ error: expect.any(LockLostError) })
    await held[Symbol.asyncDispose]()
    const next = await world.wait(b.lock('/l').acquire())
    expect(next.token).toBeGreaterThan(held.token)
  })

  it('goes to another when its holder dies', async () => {
    const world = new World()
    const [a, b] = await world.pair()
    await world.wait(a.lock('/l').acquire({ lease: LEASE }))
    world.crash(a)
    const held = await world.wait(b.lock('/l').acquire({ timeout: 10 * LEASE }))
    await world.wait(held.release())
    await world.wait(held.release()) // once more is no error
  })

  it('is released when its client is closed', async () => {
    const world = new World()
    const [a, b] = await world.pair()
    await world.wait(a.lock('/l').acquire())
    await world.wait(a.close())
    expect(await world.wait(b.lock('/l').tryAcquire())).not.toBeNull()
    await expect(a.lock('/l').acquire()).rejects.toMatchObject({ code: 'AVOUT_CLOSED' })
  })

  it('refuses names and options that there are not', async () => {
    const world = new World()
    const a = await world.connect()
    expect(() => a.lock('')).toThrow(/is empty/)
    expect(() => a.lock('/l', { record: true } as object)).toThrow(/unknown option "record"/)
    await expect(a.lock('/l').acquire({ lease: 0 })).rejects.toThrow(/above 0/)
    await expect(a.lock('/l').acquire({ wait: 1 } as object)).rejects.toThrow(/unknown option "wait"/)
  })
})

describe('withLock', () => {
  it('holds the lock around its body, and gives it back whatever comes', async () => {
    const world = new World()
    const [a, b] = await world.pair()
    const inside = a.lock('/l').withLock(async (held) => {
      expect(await b.lock('/l').tryAcquire()).toBeNull()
      return held.token
    })
    expect(await world.wait(inside)).toBeGreaterThan(0)
    const error = new Error('no')
    const throwing = a.lock('/l').withLock(async () => {
      throw error
    })
    expect(await world.wait(outcomeOf(throwing))).toEqual({ error })
    expect(await world.wait(b.lock('/l').tryAcquire())).not.toBeNull()
  })

  it('is reentrant, also behind an await, and refuses to turn reading into writing', async () => {
    const world = new World()
    const a = await world.connect()
    const { read, write } = a.readWriteLock('/l')
    const nested = write.withLock(async (outer) => {
      await Promise.resolve()
      const inner = await write.withLock(async (held) => held.token)
      const reading = await read.withLock(async (held) => held.token)
      return [outer.token, inner, reading]
    })
    const [outer, inner, reading] = await world.wait(nested)
    expect([inner, reading]).toEqual([outer, outer])
    const upgrading = read.withLock(async () => write.withLock(async () => undefined))
    expect(await world.wait(outcomeOf(upgrading))).toMatchObject({ error: { code: 'AVOUT_LOCK_UPGRADE' } })
  })

  it('tells when the lock was lost before the body ended', async () => {
    const world = new World({ patience: 100 })
    const a = await world.connect()
    const { promise, open } = latch()
    const working = outcomeOf(a.lock('/l').withLock(() => promise, { lease: LEASE }))
    await world.pass(10)
    world.store.down = true
    await world.pass(3 * LEASE)
    world.store.down = false
    open()
    expect(await world.wait(working)).toMatchObject({ error: expect.any(LockLostError) })
  })

  it('lets readers share, and writers not', async () => {
    const world = new World()
    const [a, b] = await world.pair()
    const first = await world.wait(a.readWriteLock('/l').read.acquire())
    const second = await world.wait(b.readWriteLock('/l').read.acquire())
    expect(await world.wait(b.readWriteLock('/l').write.tryAcquire())).toBeNull()
    await world.wait(Promise.all([first.release(), second.release()]))
    expect(await world.wait(b.readWriteLock('/l').write.tryAcquire())).not.toBeNull()
  })
})

describe('withLocks', () => {
  it('takes them in the order of their names, and nobody waits in a circle', async () => {
    const world = new World({ delay: [1, 5] })
    const [a, b] = await world.pair()
    const work = async (client: typeof a, names: string[]) => {
      for (let i = 0; i < 10; i++) {
        const locks = names.map((name) => client.lock(name))
        await client.withLocks(locks, async (held) => {
          expect(held.map(({ name }) => name)).toEqual(names)
        })
      }
    }
    await world.wait(Promise.all([work(a, ['/x', '/y']), work(b, ['/y', '/x'])]))
    const twice = a.withLocks([a.lock('/x'), a.lock('/x')], async () => undefined)
    await expect(twice).rejects.toMatchObject({ code: 'AVOUT_LOCK_TWICE' })
  })
})

describe('tx.requires', () => {
  it('commits while the lock is held', async () => {
    const world = new World()
    const a = await world.connect()
    const held = await world.wait(a.lock('/l', { recorded: true }).acquire())
    await world.wait(
      a.dosync((tx) => {
        tx.requires(held)
        tx.set(a.ref('/n', 0), held.token)
      }),
    )
    expect(await world.wait(a.ref('/n', 0).deref())).toBe(held.token)
  })

  it('refuses the commit of a holder that slept through its lease, whatever it believes', async () => {
    const world = new World({ patience: 100 })
    const [a, b] = await world.pair()
    const [lock, rival] = [a.lock('/l', { recorded: true }), b.lock('/l', { recorded: true })]
    const held = await world.wait(lock.acquire({ lease: LEASE }))
    await world.wait(held.release()) // the store lets others in; the holder may not have heard of it
    const next = await world.wait(rival.acquire())
    expect(next.token).toBeGreaterThan(held.token)
    const late = a.dosync((tx) => {
      tx.requires(held)
      tx.set(a.ref('/n', 0), 1)
    })
    expect(await world.wait(outcomeOf(late))).toMatchObject({ error: expect.any(LockLostError) })
    expect(await world.wait(b.ref('/n', 0).deref())).toBe(0)
  })

  it('loses to a grant that lands before its commit, under snapshot isolation too', async () => {
    const world = new World()
    const [a, b] = await world.pair()
    const held = await world.wait(a.lock('/l', { recorded: true }).acquire())
    await world.wait(held.release())
    let isRivalIn = false
    world.rival(async () => {
      await b.lock('/l', { recorded: true }).acquire()
      isRivalIn = true
    })
    const late = a.dosync(
      (tx) => {
        tx.requires(held)
        tx.set(a.ref('/n', 0), 1)
      },
      { isolation: 'snapshot' },
    )
    expect(await world.wait(outcomeOf(late))).toMatchObject({ error: expect.any(LockLostError) })
    expect(isRivalIn).toBe(true)
  })

  it('counts for every reader that shares the lock, until a writer has had it', async () => {
    const world = new World()
    const [a, b] = await world.pair()
    const lockOf = (client: typeof a) => client.readWriteLock('/l', { recorded: true })
    const first = await world.wait(lockOf(a).read.acquire())
    const second = await world.wait(lockOf(b).read.acquire())
    await world.wait(a.dosync((tx) => tx.requires(first)))
    await world.wait(b.dosync((tx) => tx.requires(second)))
    await world.wait(Promise.all([first.release(), second.release()]))
    const writer = await world.wait(lockOf(b).write.acquire())
    expect(await world.wait(outcomeOf(a.dosync((tx) => tx.requires(first))))).toMatchObject({
      error: expect.any(LockLostError),
    })
    await world.wait(writer.release())
    await world.wait(lockOf(a).read.acquire())
    expect(await world.wait(outcomeOf(b.dosync((tx) => tx.requires(writer))))).toMatchObject({
      error: expect.any(LockLostError),
    })
  })

  it('is for recorded locks', async () => {
    const world = new World()
    const a = await world.connect()
    const held = await world.wait(a.lock('/l').acquire())
    const requiring = a.dosync((tx) => tx.requires(held))
    expect(await world.wait(outcomeOf(requiring))).toMatchObject({ error: { code: 'AVOUT_NOT_RECORDED' } })
  })

  it('keeps the hidden refs out of the list', async () => {
    const world = new World()
    const a = await world.connect()
    await world.wait(a.lock('/l', { recorded: true }).acquire())
    const list = async (prefix?: string) => {
      const names: string[] = []
      for await (const { name } of a.list({ prefix })) names.push(name)
      return names
    }
    expect(await world.wait(list())).toEqual([])
    expect(await world.wait(list('~'))).toEqual(['~grant:/l'])
  })
})

describe('a condition', () => {
  it('gives the lock back while it waits, and has it again when it is signalled', async () => {
    const world = new World({ delay: [1, 2] })
    const [a, b] = await world.pair()
    const items: number[] = []
    const [full, put] = [a.lock('/buffer'), b.lock('/buffer')]
    const taking = full.withLock(async (held) => {
      while (items.length === 0) await full.condition('full').wait(held)
      expect(await b.lock('/buffer').tryAcquire()).toBeNull()
      return items.shift()
    })
    await world.pass(100)
    await world.wait(
      put.withLock(async (held) => {
        items.push(7)
        await put.condition('full').signal(held)
      }),
    )
    expect(await world.wait(taking)).toBe(7)
  })

  it('wakes one for a signal, in order, all for signalAll', async () => {
    const world = new World()
    const a = await world.connect()
    const woken: number[] = []
    const lock = a.lock('/l')
    const waiting = [1, 2, 3, 4].map(async (i) => {
      const held = await lock.acquire()
      await lock.condition('c').wait(held)
      woken.push(i)
      await held.release()
    })
    await world.pass(100)
    await world.wait(lock.withLock((held) => lock.condition('c').signal(held)))
    await world.pass(100)
    expect(woken).toEqual([1])
    await world.wait(lock.withLock((held) => lock.condition('c').signalAll(held)))
    await world.wait(Promise.all(waiting))
    expect([...woken].sort()).toEqual([1, 2, 3, 4])
  })

  it('passes over the dead', async () => {
    const world = new World({ delay: [1, 2] })
    const [a, b] = await world.pair()
    const wait = async (client: typeof a, name: string) => {
      const held = await client.lock('/l').acquire({ lease: LEASE })
      await client.lock('/l').condition('c').wait(held, { lease: LEASE })
      await held.release()
      return name
    }
    void wait(a, 'a')
    await world.pass(100)
    const living = wait(b, 'b')
    await world.pass(100)
    world.crash(a)
    await world.pass(5 * LEASE)
    await world.wait(b.lock('/l').withLock((held) => b.lock('/l').condition('c').signal(held)))
    expect(await world.wait(living)).toBe('b')
  })

  it('rejects when its time is up, with the lock in hand', async () => {
    const world = new World()
    const [a, b] = await world.pair()
    const lock = a.lock('/l')
    const held = await world.wait(lock.acquire())
    const waiting = outcomeOf(lock.condition('c').wait(held, { timeout: 50 }))
    expect(await world.wait(waiting)).toMatchObject({ error: expect.any(UnavailableError) })
    expect(await world.wait(b.lock('/l').tryAcquire())).toBeNull()
    await world.wait(held.release())
    const outside = lock.condition('c').signal(held)
    expect(await world.wait(outcomeOf(outside))).toMatchObject({ error: { code: 'AVOUT_NOT_HELD' } })
  })
})
