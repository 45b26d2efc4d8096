import { type AgentContext, defineAgent } from '@avout/core'
import type { Client } from '../client.js'
import { UserError } from '../recorder.js'
import type { List } from '../refs.js'

export const AGENT = '/agent'

/** A handler was called, and with what. */
export interface Effect {
  readonly key: string
  readonly item: number
}

/** Those that a handler refuses: they count as done, and change nothing. */
export const isRefused = (item: number): boolean => item % 5 === 0

/** Its state is all that it was given, in the order of the log. What is unlike in clients is how long it takes them. */
export function agentOf(client: Client) {
  const definition = defineAgent(AGENT, [] as List, {
    add: async (items: List, item: number, { idempotencyKey }: AgentContext) => {
      client.world.effects.push({ key: idempotencyKey, item })
      if (client.random.chance(0.5)) await client.sleep(client.random.next() * 20)
      if (isRefused(item)) throw new UserError(`${item} is refused`)
      return [...items, item]
    },
  })
  return client.avout.agent(definition)
}

/** Sends from a transaction: with a list, or alone; of an inner body that throws nothing is sent. */
export async function send(client: Client): Promise<void> {
  const { recorder, refs, sent } = client.world
  const agent = agentOf(client)
  const list = client.random.pick(refs.lists)
  const [first, second, dropped] = [recorder.element(), recorder.element(), recorder.element()] as const
  const element = recorder.element()
  const [withList, withInner, throws] = [0.5, 0.3, 0.1].map((p) => client.random.chance(p))
  const items = withInner ? [first, second] : [first]
  const append = { f: 'append', key: list.name, element } as const
  const details = { kind: 'send', intended: withList ? [append] : [] }
  await client.call(details, (call) => {
    sent.set(call.id, { items, dropped })
    return client.avout.dosync(async (tx) => {
      call.steps = []
      tx.send(agent, 'add', first)
      if (withList) {
        await tx.alter(list, (elements) => [...elements, element])
        call.steps = [append]
      }
      await client.dawdle()
      if (withInner) {
        const failing = tx.dosync((inner) => {
          inner.send(agent, 'add', dropped)
          throw new UserError('inner')
        })
        await Promise.allSettled([failing])
        await tx.dosync((inner) => inner.send(agent, 'add', second))
      }
      if (throws) throw new UserError('outer')
    }, client.options())
  })
}

/** Some clients run the agent, for a while or to the end. */
export async function runAgent(client: Client): Promise<void> {
  const running = agentOf(client).run({ mode: 'continue' })
  if (client.random.chance(0.5)) return
  await client.sleep(client.random.next() * 100)
  await running[Symbol.asyncDispose]()
}
