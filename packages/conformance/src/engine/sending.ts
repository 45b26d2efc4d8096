import { type AgentContext, AvoutError, defineAgent } from '@avout/core'
import type { Scenario, Suite } from '../scenario.js'

/** What a handler was called with: an action has one key, whoever applies it. */
type Effect = readonly [item: number, key: string]

const EACH = 5

const agents: Scenario = {
  name: 'engine/agent',
  law: 'Agents: each action once, in order',
  run: async (bench) => {
    const players = await bench.players(3)
    const effects: Effect[] = []
    const counted = defineAgent('/counted', [] as readonly number[], {
      add: async (items, item: number, { idempotencyKey }: AgentContext) => {
        effects.push([item, idempotencyKey])
        if (item < 0) throw new RangeError(`${item}`)
        return [...items, item]
      },
    })
    const [first, second, third] = players
    const running = [first, second].map(({ avout }) => avout.agent(counted).run())

    // The order of the log is that of the counts that go with the sends.
    await Promise.all(
      players.map(async (player) => {
        const count = player.ref<number>('/count', 0)
        for (let i = 0; i < EACH; i++) {
          const aborted = player.avout.dosync((tx) => {
            tx.send(counted, 'add', -1)
            throw new Error('aborted')
          })
          await Promise.allSettled([aborted])
          await player.avout.dosync(async (tx) => tx.send(counted, 'add', await tx.alter(count, (n) => n + 1)))
        }
      }),
    )
    const all = Array.from({ length: players.length * EACH }, (_, i) => i + 1)
    for (const { avout } of players) await avout.agent(counted).settled()
    for (const { avout } of [...players, await bench.connect()]) {
      bench.equal(await avout.agent(counted).deref(), all, 'what was sent with commits, in their order')
    }
    bench.equal(new Map(effects).size, all.length, 'items that were given to a handler')
    bench.equal(new Set(effects.map(([, key]) => key)).size, all.length, 'the keys of all effects')

    await third.avout.agent(counted).send('add', -2)
    const [outcome] = await Promise.allSettled([third.avout.agent(counted).settled()])
    bench.ok(
      outcome.status === 'rejected' &&
        AvoutError.isInstance(outcome.reason) &&
        outcome.reason.code === 'AVOUT_AGENT_FAILED',
      'a wait for an agent that has failed',
    )
    await third.avout.agent(counted).send('add', 100)
    await third.avout.agent(counted).restart([99])
    await third.avout.agent(counted).settled()
    bench.equal(await first.avout.agent(counted).deref(), [99, 100], 'the state after the restart')

    // Who stops leaves the agent to the others.
    await running[0]?.[Symbol.asyncDispose]()
    await third.avout.agent(counted).send('add', 101)
    await third.avout.agent(counted).settled()
    bench.equal(await first.avout.agent(counted).deref(), [99, 100, 101], 'the state, when one has stopped')
    await running[1]?.[Symbol.asyncDispose]()
  },
}

/** What transactions hand to other processes. */
export const sending: Suite = [agents]
