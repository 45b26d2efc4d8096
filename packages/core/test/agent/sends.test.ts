import { describe, expect, it } from 'vitest'
import { defineAgent, defineRef, ValueError } from '../../src/index.js'
import { inspect } from '../../src/testing/index.js'
import { add, Gate, outcomeOf, World } from '../engine/world.js'
import { listAgent, pair, sentIn } from './world.js'

describe('tx.send', () => {
  it('goes with the commit, in order, and alone is a commit too', async () => {
    const { world, wait, web, worker } = await pair()
    const { list } = listAgent()
    const n = web.ref('/n', 0)
    await wait(
      web.dosync((tx) => {
        tx.set(n, 1)
        tx.send(list, 'add', 'a')
        tx.send(list, 'add', { deep: [1n] })
      }),
    )
    await wait(web.dosync((tx) => tx.send(list, 'add', 'c')))
    expect(sentIn(world)).toEqual([
      ['/list', 'add', 'a'],
      ['/list', 'add', { deep: [expect.anything()] }],
      ['/list', 'add', 'c'],
    ])
    worker.agent(list).run()
    await wait(worker.agent(list).settled())
    expect(await wait(web.agent(list).deref())).toEqual(['a', { deep: [1n] }, 'c'])
  })

  it('is lost with a body that throws, and with an inner one', async () => {
    const { world, wait, web } = await pair()
    const { list } = listAgent()
    const failing = web.dosync((tx) => {
      tx.send(list, 'add', 'lost')
      throw new Error('no')
    })
    expect(await wait(outcomeOf(failing))).toMatchObject({ error: { message: 'no' } })
    await wait(
      web.dosync(async (tx) => {
        tx.send(list, 'add', 'first')
        await outcomeOf(
          tx.dosync((inner) => {
            inner.send(list, 'add', 'dropped')
            throw new Error('inner')
          }),
        )
        await tx.dosync((inner) => inner.send(list, 'add', 'second'))
        await tx.orElse(
          (left) => {
            left.send(list, 'add', 'left')
            return left.retry()
          },
          (right) => right.send(list, 'add', 'right'),
        )
        tx.send(list, 'add', 'last')
      }),
    )
    expect(sentIn(world).map((send) => (send as unknown[])[2])).toEqual(['first', 'second', 'right', 'last'])
  })

  it('of a run that is lost to a rival, and runs again, counts once', async () => {
    const { world, wait, web, worker } = await pair()
    const { list, effects } = listAgent()
    const [n, other] = [web.ref('/n', 0), worker.ref('/n', 0)]
    world.rival(() => worker.dosync((tx) => tx.alter(other, add, 10)))
    await wait(
      web.dosync(async (tx) => {
        const value = await tx.alter(n, add, 1)
        tx.send(list, 'add', value)
      }),
    )
    expect(sentIn(world)).toHaveLength(2) // the record that lost carries one, too: it is in the log, and does not count
    worker.agent(list).run()
    await wait(web.agent(list).settled())
    expect(await wait(web.agent(list).deref())).toEqual([11])
    expect(effects.map(([, item]) => item)).toEqual([11])
  })

  it('is sent once where its answer gets lost', async () => {
    const { world, wait, web } = await pair()
    const { list } = listAgent()
    world.store.loseNextAck()
    await wait(web.agent(list).send('add', 1))
    await wait(web.dosync((tx) => tx.send(list, 'add', 2)))
    web.agent(list).run()
    await wait(web.agent(list).settled())
    expect(await wait(web.agent(list).deref())).toEqual([1, 2])
  })

  it('loses with its transaction when what that read has changed, also where it writes nothing', async () => {
    const { world, wait, web, worker } = await pair()
    const { list } = listAgent()
    const [n, other] = [web.ref('/n', 0), worker.ref('/n', 0)]
    world.rival(() => worker.dosync((tx) => tx.set(other, 7)))
    await wait(web.dosync(async (tx) => tx.send(list, 'add', await tx.get(n))))
    worker.agent(list).run()
    await wait(worker.agent(list).settled())
    expect(await wait(worker.agent(list).deref())).toEqual([7])
  })

  it('holds back local refs until its verdict', async () => {
    const { world, wait, web } = await pair()
    const { list } = listAgent()
    const local = web.localRef(0)
    const arrive = world.holdAppend()
    const sending = web.dosync((tx) => {
      tx.set(local, 1)
      tx.send(list, 'add', 1)
    })
    await world.pass(10)
    const reading = web.dosync((tx) => tx.get(local))
    let read = false
    void reading.then(() => {
      read = true
    })
    await world.pass(10)
    expect(read).toBe(false)
    arrive()
    await wait(sending)
    expect(await wait(reading)).toBe(1)
  })

  it('is refused where it cannot be, with what to do about it', async () => {
    const { wait, web } = await pair()
    const { list } = listAgent()
    const send = (agent: unknown, action: unknown, arg?: unknown) =>
      wait(outcomeOf(web.dosync((tx) => tx.send(agent as typeof list, action as 'add', arg))))
    const unknown = { code: 'AVOUT_ACTION', message: 'the agent /list has no action "remove": there are add' }
    expect(await send(list, 'remove')).toEqual({ error: expect.any(TypeError) })
    expect(await send(list, 'remove')).toMatchObject({ error: unknown })
    expect(await send(list, 'toString')).toMatchObject({ error: { code: 'AVOUT_ACTION' } })
    expect(await send(list, '__proto__')).toMatchObject({ error: { code: 'AVOUT_ACTION' } })
    expect(await send(defineRef('/r', 0), 'add')).toMatchObject({ error: { code: 'AVOUT_NOT_AN_AGENT' } })
    expect(await send(null, 'add')).toMatchObject({ error: { code: 'AVOUT_NOT_AN_AGENT' } })
    const unsendable = await send(list, 'add', { at: [() => {}] })
    expect(unsendable).toEqual({ error: expect.any(ValueError) })
    expect(unsendable).toMatchObject({ error: { path: '.at[0]', message: expect.stringMatching(/"add".*\/list/) } })
    const reading = web.read((tx) => (tx as unknown as { send: typeof send }).send(list, 'add', 1))
    expect(await wait(outcomeOf(reading))).toMatchObject({ error: { code: 'AVOUT_READ_ONLY' } })
  })

  it('refuses an argument that no record holds', async () => {
    const world = new World()
    const avout = await world.connect({}, new Gate(10_000))
    const { list } = listAgent()
    const sending = avout.agent(list).send('add', 'é'.repeat(4_500))
    expect(await world.wait(outcomeOf(sending))).toMatchObject({
      error: { code: 'AVOUT_VALUE', message: expect.stringMatching(/"add" to the agent \/list takes 9002 bytes/) },
    })
    await world.wait(avout.agent(list).send('add', 'e'.repeat(7_900)))
  })

  it('joins the transaction that agent.send is called in', async () => {
    const { world, wait, web } = await pair()
    const { list } = listAgent()
    const failing = web.dosync(async () => {
      await web.agent(list).send('add', 1)
      throw new Error('no')
    })
    expect(await wait(outcomeOf(failing))).toMatchObject({ error: { message: 'no' } })
    expect(sentIn(world)).toEqual([])
  })
})

describe('the queue of an agent', () => {
  it('is the same in every client, and forgets what is done', async () => {
    const { world, wait, web, worker } = await pair({ delay: [1, 5] })
    const { list, effects } = listAgent()
    const sending = [web, worker].flatMap((client) =>
      Array.from({ length: 20 }, (_, i) => client.dosync((tx) => tx.send(list, 'add', i))),
    )
    await wait(Promise.all(sending))
    const cold = await world.connect()
    await wait(web.ref('/n', 0).deref())
    await wait(worker.ref('/n', 0).deref())
    const queues = [web, worker, cold].map((client) => inspect(client).queue('/list'))
    expect(queues[0]?.pending).toHaveLength(40)
    expect(new Set(queues[0]?.pending.map(({ id }) => id)).size).toBe(40)
    expect(queues[1]).toEqual(queues[0])
    expect(queues[2]).toEqual(queues[0])

    worker.agent(list).run()
    await wait(web.agent(list).settled())
    expect(effects.map(([id]) => id)).toEqual(queues[0]?.pending.map(({ id }) => id))
    const late = await world.connect()
    await wait(worker.ref('/n', 0).deref())
    for (const client of [web, worker, late]) {
      expect(inspect(client).queue('/list')).toEqual({ cursor: 40, last: 40, pending: [] })
    }
  })

  it('is left alone by agents of other names', async () => {
    const { wait, web, worker } = await pair()
    const [one, two] = [listAgent('/one'), listAgent('/two')]
    await wait(
      web.dosync((tx) => {
        tx.send(one.list, 'add', 1)
        tx.send(two.list, 'add', 2)
      }),
    )
    worker.agent(one.list).run()
    await wait(web.agent(one.list).settled())
    expect(await wait(web.agent(one.list).deref())).toEqual([1])
    expect(two.effects).toEqual([])
    expect(inspect(web).queue('/two').pending).toHaveLength(1)
  })

  it('does not appear among the refs', async () => {
    const { wait, web, worker } = await pair()
    const { list } = listAgent()
    await wait(web.agent(list).send('add', 1))
    worker.agent(list).run()
    await wait(web.agent(list).settled())
    const names: string[] = []
    await wait(
      (async () => {
        for await (const { name } of web.list()) names.push(name)
      })(),
    )
    expect(names).toEqual([])
  })
})

describe('a declaration of an agent', () => {
  it('is checked', async () => {
    const { web } = await pair()
    expect(() => defineAgent('', 0, {})).toThrow(/is empty/)
    expect(() => defineAgent('~mine', 0, {})).toThrow(/reserved/)
    expect(() => defineAgent('x'.repeat(500), 0, {})).toThrow(/longer than 497 bytes/)
    expect(() => defineAgent('x'.repeat(497), 0, {})).not.toThrow()
    expect(() => defineAgent('/a', undefined as never, {})).toThrow(/undefined, which is no value/)
    expect(() => defineAgent('/a', 0, null as never)).toThrow(/object of functions/)
    expect(() => defineAgent('/a', 0, { go: 1 } as never)).toThrow(/"go" of the agent \/a is not a function/)
    expect(() => web.agent(defineRef('/r', 0) as never)).toThrow(/not an agent/)
  })

  it('is one a name and client: another initial state or other actions are refused, other functions are the last word', async () => {
    const { wait, web, worker } = await pair()
    const first = web.agent('/a', 0, { add: (n: number) => n + 1 })
    const again = web.agent('/a', 0, { add: (n: number) => n + 2 })
    expect(again).toBe(first)
    expect(web.agent(first)).toBe(first)
    expect(() => web.agent('/a', 1, { add: (n: number) => n })).toThrow(/with the initial state 0, and now .* 1/)
    expect(() => web.agent('/a', 0, { sub: (n: number) => n })).toThrow(/with the actions add, and now with .* sub/)
    expect(() => worker.agent(first)).toThrow(/another client/)
    first.run()
    await wait(first.send('add'))
    await wait(first.settled())
    expect(await wait(first.deref())).toBe(2)
    expect(first).toMatchObject({ kind: 'agent', name: '/a', initial: 0 })
  })

  it('has its own names: a ref may have the same one', async () => {
    const { wait, web } = await pair()
    await wait(web.agent('/x', 0, { add: (n: number) => n + 1 }).send('add'))
    expect(await wait(web.ref('/x', 'mine').deref())).toBe('mine')
  })
})
