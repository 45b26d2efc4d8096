import { describe, expect, it } from 'vitest'
import { type AgentContext, defineAgent } from '../../src/index.js'
import { inspect } from '../../src/testing/index.js'
import { add, latch, outcomeOf, World } from '../engine/world.js'
import { listAgent, pair, stop, WithoutLocks } from './world.js'

const numbers = Array.from({ length: 12 }, (_, i) => i)

describe('an agent that runs', () => {
  it('applies what was sent before and what is sent meanwhile, in order, and tells who watches', async () => {
    const { wait, web, worker } = await pair()
    const { list } = listAgent()
    const told: unknown[] = []
    web.agent(list).addWatch('key', (key, agent, old, value, { position }) => {
      told.push([key, agent === web.agent(list), old.length, value.length, position > 0])
    })
    await wait(web.agent(list).send('add', 'before'))
    worker.agent(list).run()
    await wait(web.agent(list).settled())
    await wait(worker.agent(list).send('add', 'meanwhile'))
    await wait(web.agent(list).settled())
    expect(await wait(worker.agent(list).deref())).toEqual(['before', 'meanwhile'])
    expect(told).toEqual([
      ['key', true, 0, 1, true],
      ['key', true, 1, 2, true],
    ])
    web.agent(list).removeWatch('key')
    await wait(web.agent(list).send('add', 'unwatched'))
    await wait(web.agent(list).settled())
    expect(told).toHaveLength(2)
  })

  it('is read in a transaction like a ref: what was read must hold at the commit', async () => {
    const { world, wait, web, worker } = await pair()
    const agent = (client: typeof web) => client.agent('/a', 0, { add: (n: number, by: number) => n + by })
    agent(worker).run()
    const copy = web.ref('/copy', 0)
    world.rival(async () => {
      await agent(worker).send('add', 5)
      await agent(worker).settled()
    })
    await wait(web.dosync(async (tx) => tx.set(copy, await agent(web).deref())))
    expect(await wait(copy.deref())).toBe(5)
  })

  it('tells its changes as an iterable', async () => {
    const { wait, web, worker } = await pair()
    const { list } = listAgent()
    const changes = web.agent(list).changes()[Symbol.asyncIterator]()
    worker.agent(list).run()
    await wait(web.agent(list).send('add', 1))
    expect(await wait(changes.next())).toMatchObject({ value: { old: [], value: [1] } })
  })

  it.each([undefined, new WithoutLocks()])('applies each once, whoever of several runs it (%#)', async (gate) => {
    const world = new World({ delay: [1, 9] })
    const clients = await Promise.all(numbers.slice(0, 3).map(() => world.connect({}, gate)))
    const { list } = listAgent()
    const running = clients.map((client) => client.agent(list).run())
    await world.wait(Promise.all(numbers.map((i) => (clients[i % 3] ?? clients[0])?.agent(list).send('add', i))))
    const [first] = clients as [(typeof clients)[0]]
    await world.wait(first.agent(list).settled())
    const state = await world.wait(first.agent(list).deref())
    expect([...state].sort((a, b) => (a as number) - (b as number))).toEqual(numbers)
    await world.wait(Promise.all(running.map(stop)))
  })

  it('calls a handler in one process at a time, where there are locks', async () => {
    const { world, wait, web, worker } = await pair({ delay: [1, 5] })
    const { list, effects } = listAgent()
    const running = [web, worker].map((client) => client.agent(list).run())
    await wait(Promise.all(numbers.map((i) => web.agent(list).send('add', i))))
    await wait(web.agent(list).settled())
    expect(effects).toHaveLength(numbers.length)
    expect((await wait(web.lock('~agent:/list').queue())).map(({ holds }) => holds)).toEqual([true, false])
    await wait(Promise.all(running.map(stop)))
    expect(await wait(web.lock('~agent:/list').queue())).toEqual([])
    await world.pass(100)
  })

  it('is taken over when its process dies within a handler: the effect has the same key, the state changes once', async () => {
    const { world, wait, web, worker } = await pair()
    const [entered, never] = [latch(), latch()]
    const keys: string[] = []
    const slow = (die: boolean) =>
      defineAgent('/slow', 0, {
        add: async (n, by: number, { idempotencyKey }: AgentContext) => {
          keys.push(idempotencyKey)
          if (die) {
            entered.open()
            await never.promise
          }
          return n + by
        },
      })
    worker.agent(slow(true)).run()
    await wait(web.agent(slow(false)).send('add', 5))
    await wait(entered.promise)
    world.crash(worker)
    web.agent(slow(false)).run()
    await wait(web.agent(slow(false)).settled())
    expect(world.scheduler.now).toBeGreaterThan(5_000) // the lease had to end
    expect(await wait(web.agent(slow(false)).deref())).toBe(5)
    expect(keys).toEqual([keys[0], keys[0]])
  })

  it('that slept through its lease changes nothing that another has done', async () => {
    const { world, wait, web, worker } = await pair()
    const [entered, goOn] = [latch(), latch()]
    const runs: string[] = []
    const signals: AbortSignal[] = []
    const counting = (name: string, wake: Promise<void> | undefined) =>
      defineAgent('/count', 0, {
        add: async (n, by: number, { signal }: AgentContext) => {
          runs.push(name)
          signals.push(signal)
          if (wake !== undefined) {
            entered.open()
            await wake
          }
          return n + by
        },
      })
    const asleep = worker.agent(counting('sleeper', goOn.promise))
    const awake = web.agent(counting('other', undefined))
    const running = asleep.run()
    await wait(awake.send('add', 1))
    await wait(entered.promise)
    world.store.down = true
    await world.pass(30_000)
    world.store.down = false
    expect(signals[0]?.aborted).toBe(true)
    awake.run()
    await wait(awake.send('add', 10))
    await wait(awake.settled())
    goOn.open()
    await wait(stop(running))
    expect(runs).toEqual(['sleeper', 'other', 'other'])
    expect(await wait(awake.deref())).toBe(11)
  })

  it('begins with what the one before has committed, also where no push told of that', async () => {
    const { wait, web, worker } = await pair({ pushLost: 1 })
    const { list, effects } = listAgent()
    await wait(web.agent(list).send('add', 1))
    await wait(worker.ref('/n', 0).deref())
    const running = web.agent(list).run()
    await wait(web.agent(list).settled())
    worker.agent(list).run()
    await wait(stop(running))
    await wait(web.agent(list).send('add', 2))
    await wait(web.agent(list).settled())
    expect(effects.map(([, item]) => item)).toEqual([1, 2])
  })

  it('without locks drops what it made when another was faster, and goes on behind that', async () => {
    const world = new World()
    const [web, worker] = [await world.connect({}, new WithoutLocks()), await world.connect({}, new WithoutLocks())]
    const { list, effects } = listAgent()
    await world.wait(web.agent(list).send('add', 1))
    worker.agent(list).run()
    let isFaster = false
    world.rival(async () => {
      isFaster = true
      await using _other = web.agent(list).run()
      await web.agent(list).send('add', 2)
      await web.agent(list).settled()
    })
    await world.wait(worker.agent(list).settled())
    await world.wait(web.agent(list).send('add', 3))
    await world.wait(web.agent(list).settled())
    expect(isFaster).toBe(true)
    expect(effects.map(([, item]) => item)).toEqual([1, 1, 2, 3])
    expect(await world.wait(web.agent(list).deref())).toEqual([1, 2, 3])
  })

  it('shows its handlers replayed state and sends alone, not what is in flight', async () => {
    const { world, wait, web } = await pair()
    const { list, effects } = listAgent()
    web.agent(list).run()
    await world.pass(10)
    const arrive = world.holdAppend()
    const sending = web.agent(list).send('add', 1)
    await world.pass(50)
    expect(effects).toEqual([])
    arrive()
    await wait(sending)
    await wait(web.agent(list).settled())
    expect(effects).toHaveLength(1)
  })

  it('shows them no state that is in flight either, though two run it in one client', async () => {
    const world = new World()
    const web = await world.connect({}, new WithoutLocks())
    const seen: number[] = []
    const agent = web.agent('/a', 0, {
      add: (n: number, by: number) => {
        seen.push(n)
        return n + by
      },
    })
    await world.wait(agent.send('add', 5))
    const arrive = world.holdAppend()
    agent.run()
    await world.pass(50)
    agent.run()
    await world.pass(50)
    arrive()
    await world.wait(agent.settled())
    expect([seen, await world.wait(agent.deref())]).toEqual([[0, 0], 5])
  })

  it('runs its handlers outside of transactions: they may have their own', async () => {
    const { wait, web } = await pair()
    const n = web.ref('/n', 0)
    const inTx: unknown[] = []
    const agent = web.agent('/a', 0, {
      go: async (state) => {
        inTx.push(web.currentTx())
        return state + (await web.dosync((tx) => tx.alter(n, add, 1)))
      },
    })
    agent.run()
    await wait(agent.send('go'))
    await wait(agent.settled())
    expect([inTx, await wait(agent.deref()), await wait(n.deref())]).toEqual([[undefined], 1, 1])
  })

  it('looks at the cursor where the answer to its commit got lost, and does nothing twice', async () => {
    const { world, wait, web, worker } = await pair()
    const { list, effects } = listAgent()
    await wait(web.agent(list).send('add', 1))
    worker.agent(list).run()
    world.store.loseNextAck()
    await wait(web.agent(list).settled())
    await wait(web.agent(list).send('add', 2))
    await wait(web.agent(list).settled())
    expect(await wait(web.agent(list).deref())).toEqual([1, 2])
    expect(effects).toHaveLength(2)
  })

  it('goes on after an outage that outlasts its timeout, without calling a handler again for the same state', async () => {
    const { world, wait, web } = await pair({}, {})
    const worker = await world.connect({ timeout: 1_000 })
    const goOn = latch()
    let calls = 0
    const agent = (client: typeof web) =>
      client.agent('/a', 0, {
        add: async (n: number, by: number) => {
          calls++
          await goOn.promise
          return n + by
        },
      })
    await wait(agent(web).send('add', 3))
    agent(worker).run()
    await world.pass(50)
    world.store.faults = { ...world.store.faults, lost: 1 }
    goOn.open()
    await world.pass(4_000)
    world.store.calm()
    await wait(agent(web).settled())
    expect([await wait(agent(web).deref()), calls]).toEqual([3, 1])
  })

  it('keeps a state above the inline limit, and its cursor in the log', async () => {
    const world = new World()
    const web = await world.connect({ founding: { inlineLimit: 0 } })
    const { list } = listAgent()
    web.agent(list).run()
    for (const i of [1, 2, 3]) await world.wait(web.agent(list).send('add', `${i}`.repeat(50)))
    await world.wait(web.agent(list).settled())
    const cold = await world.connect()
    expect((await world.wait(cold.agent(list).deref())).map((item) => (item as string)[0])).toEqual(['1', '2', '3'])
    expect(inspect(cold).queue('/list')).toMatchObject({ cursor: 3, pending: [] })
  })

  it('leaves an action that this process does not know to one that does', async () => {
    const warned: unknown[] = []
    const logger = { debug: () => {}, info: () => {}, error: () => {}, warn: (details: object) => warned.push(details) }
    const world = new World()
    const [old, now] = [await world.connect({ logger }), await world.connect()]
    const before = old.agent('/a', 0, { add: (n: number) => n + 1 })
    const after = now.agent('/a', 0, { add: (n: number) => n + 1, double: (n: number) => n * 2 })
    before.run()
    await world.wait(after.send('add'))
    await world.wait(after.send('double'))
    await world.wait(after.send('add'))
    await world.pass(2_000)
    expect(await world.wait(after.deref())).toBe(1)
    expect(warned).toContainEqual({ error: expect.objectContaining({ code: 'AVOUT_INCOMPATIBLE' }) })
    after.run()
    await world.wait(after.settled())
    expect(await world.wait(after.deref())).toBe(3)
    expect(await world.wait(before.error())).toBeNull()
  })
})

describe('an agent that is stopped', () => {
  it('by disposal aborts its handler, keeps what that made, and leaves the rest', async () => {
    const { wait, web } = await pair()
    const entered = latch()
    const agent = web.agent('/a', 0, {
      add: async (n: number, by: number, { signal }: AgentContext) => {
        entered.open()
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
        return n + by
      },
    })
    await wait(agent.send('add', 1))
    await wait(agent.send('add', 2))
    const running = agent.run()
    await wait(entered.promise)
    await wait(stop(running))
    await wait(stop(running))
    expect(await wait(agent.deref())).toBe(1)
    expect(inspect(web).queue('/a').pending).toMatchObject([{ argument: 2 }])
  })

  it('by its signal drops what the handler threw: that is no failure, and the action stays', async () => {
    const { world, wait, web } = await pair()
    const entered = latch()
    const controller = new AbortController()
    const agent = web.agent('/a', 0, {
      add: async (n: number, by: number, { signal }: AgentContext) => {
        entered.open()
        if (controller.signal.aborted) return n + by
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
        throw signal.reason
      },
    })
    await wait(agent.send('add', 1))
    agent.run({ signal: controller.signal })
    await wait(entered.promise)
    controller.abort(new Error('enough'))
    await world.pass(100)
    expect(await wait(agent.error())).toBeNull()
    expect(inspect(web).queue('/a').pending).toHaveLength(1)
    agent.run({ signal: controller.signal })
    await world.pass(100)
    expect(await wait(agent.deref())).toBe(0)
    agent.run()
    await wait(agent.settled())
    expect(await wait(agent.deref())).toBe(1)
  })

  it('by closing its client still commits what the handler made in time, and frees the agent', async () => {
    const { world, wait, web, worker } = await pair()
    const entered = latch()
    const handlers = {
      add: async (n: number, by: number, { signal }: AgentContext) => {
        entered.open()
        if (by === 1) await new Promise((resolve) => signal.addEventListener('abort', resolve))
        return n + by
      },
    }
    const agent = worker.agent('/a', 0, handlers)
    await wait(agent.send('add', 1))
    await wait(agent.send('add', 2))
    agent.run()
    await wait(entered.promise)
    const began = world.scheduler.now
    await wait(worker.close())
    expect(world.scheduler.now - began).toBeLessThan(1_000)
    expect(await wait(web.agent('/a', 0, handlers).deref())).toBe(1)
    web.agent('/a', 0, handlers).run()
    await wait(web.agent('/a', 0, handlers).settled())
    expect(world.scheduler.now - began).toBeLessThan(1_000)
    expect(await wait(web.agent('/a', 0, handlers).deref())).toBe(3)
    expect(() => agent.run()).toThrow(/closed/)
  })

  it('by closing does not wait for a handler for ever', async () => {
    const { world, wait, web } = await pair()
    const entered = latch()
    const agent = web.agent('/a', 0, {
      add: async (n: number) => {
        entered.open()
        await latch().promise
        return n
      },
    })
    await wait(agent.send('add'))
    const running = agent.run()
    await wait(entered.promise)
    await wait(web.close({ drain: 300 }))
    expect(world.scheduler.now).toBe(300)
    await wait(stop(running))
  })

  it('is asked with options that there are', async () => {
    const { wait, web } = await pair()
    const agent = web.agent('/a', 0, {})
    expect(() => agent.run({ mode: 'stop' as 'fail' })).toThrow(/'fail' or 'continue'/)
    expect(() => agent.run({ every: 1 } as object)).toThrow(/unknown option "every"/)
    expect(await wait(outcomeOf(agent.restart(0, { clear: true } as object)))).toMatchObject({
      error: { code: 'AVOUT_OPTION' },
    })
  })
})
