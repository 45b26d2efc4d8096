import { describe, expect, it } from 'vitest'
import type { Avout } from '../../src/index.js'
import { latch, outcomeOf, World } from '../engine/world.js'
import { pair } from './world.js'

/** Adds, but for what it refuses. */
const strict = (avout: Avout) =>
  avout.agent('/strict', 0, {
    add: (n: number, by: number) => {
      if (by < 0) throw new RangeError(`${by} is below 0`)
      return by === 0 ? (undefined as never) : n + by
    },
  })

async function sendAll({ wait, web }: Awaited<ReturnType<typeof pair>>, ...items: number[]) {
  await wait(web.dosync((tx) => void items.map((item) => tx.send(strict(web), 'add', item))))
}

describe('an action that fails', () => {
  it('stops the agent, for everybody, until it is restarted; the one that failed is not applied again', async () => {
    const there = await pair()
    const { world, wait, web, worker } = there
    await sendAll(there, 1, -5, 2)
    expect(await wait(strict(web).error())).toBeNull()
    const told: unknown[] = []
    worker.on('agentError', (failure) => told.push(failure))
    strict(worker).run()
    expect(await wait(outcomeOf(strict(web).settled()))).toMatchObject({
      error: {
        code: 'AVOUT_AGENT_FAILED',
        kind: 'invalid',
        message: expect.stringMatching(/the agent \/strict has failed in the action "add" \(.+:1\): -5 is below 0/),
        cause: { name: 'RangeError', message: '-5 is below 0' },
      },
    })
    expect(told).toEqual([
      { name: '/strict', action: 'add', id: expect.stringMatching(/:1$/), error: expect.any(RangeError) },
    ])
    strict(web).run()
    await sendAll(there, 3)
    await world.pass(20_000)
    expect(await wait(strict(web).deref())).toBe(1)
    expect(await wait(strict(worker).error())).toMatchObject({ code: 'AVOUT_AGENT_FAILED' })
    expect(await wait(outcomeOf(strict(web).settled()))).toMatchObject({ error: { code: 'AVOUT_AGENT_FAILED' } })

    await wait(strict(web).restart(100))
    await wait(strict(web).settled())
    expect(await wait(strict(web).error())).toBeNull()
    expect(await wait(strict(worker).deref())).toBe(105)
  })

  it('is forgotten with all that was held when the restart clears the actions', async () => {
    const there = await pair()
    const { wait, web, worker } = there
    await sendAll(there, -5, 2, 3)
    strict(worker).run()
    expect(await wait(outcomeOf(strict(web).settled()))).toMatchObject({ error: { code: 'AVOUT_AGENT_FAILED' } })
    await wait(strict(web).restart(10, { clearActions: true }))
    await wait(strict(web).settled())
    expect(await wait(strict(web).deref())).toBe(10)
    await sendAll(there, 4)
    await wait(strict(web).settled())
    expect(await wait(strict(web).deref())).toBe(14)
  })

  it('counts as done where the agent is to continue, and is told of', async () => {
    const there = await pair()
    const { wait, web, worker } = there
    const lines: unknown[] = []
    const logger = {
      debug: () => {},
      info: () => {},
      warn: () => {},
      error: (_: object, text: string) => lines.push(text),
    }
    const runner = await there.world.connect({ logger })
    const told: unknown[] = []
    runner.on('agentError', ({ error }) => told.push(error))
    await sendAll(there, 1, -5, 0, 2)
    strict(runner).run({ mode: 'continue' })
    await wait(strict(web).settled())
    expect(await wait(strict(worker).error())).toBeNull()
    expect(await wait(strict(web).deref())).toBe(3)
    expect(told).toEqual([expect.any(RangeError), expect.objectContaining({ code: 'AVOUT_VALUE' })])
    expect(lines).toEqual(['an action of an agent failed', 'an action of an agent failed'])
  })

  it('may have made a state that is none, or that the validator refuses', async () => {
    const there = await pair()
    const { wait, web } = there
    strict(web).run()
    await sendAll(there, 0)
    expect(await wait(outcomeOf(strict(web).settled()))).toMatchObject({ error: { cause: { name: 'ValueError' } } })
    await wait(strict(web).restart(1))
    await wait(strict(web).setValidator((n) => n < 10))
    await sendAll(there, 20)
    expect(await wait(outcomeOf(strict(web).settled()))).toMatchObject({
      error: { cause: { name: 'ValidationError' } },
    })
    expect(await wait(outcomeOf(strict(web).restart(11)))).toMatchObject({ error: { code: 'AVOUT_VALIDATION' } })
    expect(await wait(strict(web).error())).not.toBeNull()
    await wait(strict(web).restart(9))
  })

  it('is recorded whatever it throws', async () => {
    const { wait, web } = await pair()
    const thrown: unknown[] = [undefined, 'text', new Error('a\0b \uD800'), new Error('x'.repeat(9_000))]
    const agent = web.agent('/throws', 0, {
      go: (_n: number, i: number) => {
        throw thrown[i]
      },
    })
    agent.run()
    const messages: unknown[] = []
    for (const i of thrown.keys()) {
      await wait(agent.send('go', i))
      const outcome = await wait(outcomeOf(agent.settled()))
      messages.push((outcome as { error: { cause: Error } }).error.cause.message)
      await wait(agent.restart(0))
    }
    expect(messages).toEqual(['undefined', 'text', 'a\uFFFDb \uFFFD', 'x'.repeat(2_000)])
  })

  it('says so too where the realm keeps nothing large in its log', async () => {
    const world = new World()
    const web = await world.connect({ founding: { inlineLimit: 0 } })
    strict(web).run()
    await world.wait(strict(web).send('add', -1))
    expect(await world.wait(outcomeOf(strict(web).settled()))).toMatchObject({ error: { code: 'AVOUT_AGENT_FAILED' } })
    const cold = await world.connect()
    expect(await world.wait(strict(cold).error())).toMatchObject({ code: 'AVOUT_AGENT_FAILED' })
    await world.wait(strict(cold).restart(5))
    await world.wait(strict(cold).send('add', 1))
    await world.wait(strict(cold).settled())
    expect(await world.wait(strict(web).deref())).toBe(6)
  })
})

describe('restart', () => {
  it('is refused to an agent that has not failed, and of two at once to the second', async () => {
    const there = await pair()
    const { wait, web, worker } = there
    const refused = { error: { code: 'AVOUT_AGENT_RUNS', kind: 'invalid' } }
    expect(await wait(outcomeOf(strict(web).restart(1)))).toMatchObject(refused)
    await sendAll(there, -1)
    strict(worker).run()
    await wait(outcomeOf(strict(web).settled()))
    const both = [strict(web).restart(1), strict(worker).restart(2)].map(outcomeOf)
    const outcomes = await wait(Promise.all(both))
    expect(outcomes.filter((outcome) => 'error' in outcome)).toMatchObject([refused])
  })

  it('joins the transaction that it is called in', async () => {
    const there = await pair()
    const { wait, web } = there
    await sendAll(there, -1)
    strict(web).run()
    await wait(outcomeOf(strict(web).settled()))
    const failing = web.dosync(async () => {
      await strict(web).restart(1)
      throw new Error('no')
    })
    await wait(outcomeOf(failing))
    expect(await wait(strict(web).error())).not.toBeNull()
  })
})

describe('settled', () => {
  it('waits for what was sent before, by whomever, and not for what is sent later', async () => {
    const { world, wait, web, worker } = await pair({ delay: [1, 5] })
    const gates = [latch(), latch()]
    const agent = (client: Avout) =>
      client.agent('/gated', 0, {
        go: async (n: number, i: number) => {
          await gates[i]?.promise
          return n + 1
        },
      })
    agent(worker).run()
    await wait(worker.dosync((tx) => tx.send(agent(worker), 'go', 0)))
    let isSettled = false
    const settling = agent(web)
      .settled()
      .then(() => {
        isSettled = true
      })
    await world.pass(100)
    await wait(worker.dosync((tx) => tx.send(agent(worker), 'go', 1)))
    expect(isSettled).toBe(false)
    gates[0]?.open()
    await wait(settling)
    expect(await wait(agent(web).deref())).toBe(1)
    gates[1]?.open()
  })

  it('is at once where nothing is waiting, and ends with its signal and with its client', async () => {
    const { wait, web } = await pair()
    await wait(strict(web).settled())
    await wait(strict(web).send('add', 1))
    const controller = new AbortController()
    const [one, other] = [strict(web).settled({ signal: controller.signal }), strict(web).settled()].map(outcomeOf)
    controller.abort(new Error('enough'))
    expect(await wait(one as Promise<unknown>)).toMatchObject({ error: { message: 'enough' } })
    expect(await wait(outcomeOf(strict(web).settled({ signal: controller.signal })))).toMatchObject({
      error: { message: 'enough' },
    })
    await wait(web.close())
    expect(await wait(other as Promise<unknown>)).toMatchObject({ error: { code: 'AVOUT_CLOSED' } })
    expect(await wait(outcomeOf(strict(web).settled()))).toMatchObject({ error: { code: 'AVOUT_CLOSED' } })
  })

  it('does not mind a failure of what was sent later', async () => {
    const there = await pair()
    const { wait, web, worker } = there
    await sendAll(there, 1)
    const settling = strict(web).settled()
    await there.world.pass(10)
    await sendAll(there, -1)
    strict(worker).run()
    await wait(settling)
  })

  it('rejects for a failure in between although the agent was restarted at once', async () => {
    const there = await pair({ delay: [1, 1] })
    const { wait, web, worker, world } = there
    await sendAll(there, -1)
    const settling = outcomeOf(strict(web).settled())
    await world.pass(10)
    strict(worker).run()
    const restarted = (async () => {
      await outcomeOf(strict(worker).settled())
      await strict(worker).restart(7, { clearActions: true })
    })()
    await wait(restarted)
    expect(await wait(settling)).toMatchObject({ error: { code: 'AVOUT_AGENT_FAILED' } })
  })
})
