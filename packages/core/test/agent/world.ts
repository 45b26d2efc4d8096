import { type AgentDefinition, defineAgent } from '../../src/index.js'
import type { SimBackend } from '../../src/testing/index.js'
import { Gate, World } from '../engine/world.js'

export type Effects = [key: string, argument: unknown][]

type ListHandlers = {
  add: (state: readonly unknown[], item: unknown, context: { idempotencyKey: string }) => unknown[]
}

/** An agent whose state is all that was ever applied, in order, and that notes each call of its handler. */
export function listAgent(name = '/list'): {
  list: AgentDefinition<readonly unknown[], ListHandlers>
  effects: Effects
} {
  const effects: Effects = []
  const list = defineAgent(name, [] as readonly unknown[], {
    add: (state: readonly unknown[], item: unknown, { idempotencyKey }: { idempotencyKey: string }) => {
      effects.push([idempotencyKey, item])
      return [...state, item]
    },
  })
  return { list, effects }
}

/** A store whose coordinator has no locks. */
export class WithoutLocks extends Gate {
  override inFrontOf(store: SimBackend) {
    const gated = super.inFrontOf(store)
    return {
      ...gated,
      open: async (context: Parameters<typeof gated.open>[0]) => {
        const { lock: _, ...session } = await gated.open(context)
        return session as Awaited<ReturnType<typeof gated.open>>
      },
    }
  }
}

/** Two clients; the second runs what it is asked to. */
export async function pair(...args: ConstructorParameters<typeof World>) {
  const world = new World(...args)
  const [web, worker] = await world.pair()
  return { world, wait: world.wait, web, worker }
}

/** What the log holds of sends: the agent, the action and the argument of each. */
export function sentIn(world: World): unknown[] {
  return world.records().flatMap((text) => {
    const { t = [] } = JSON.parse(text) as { t?: [unknown, unknown, unknown, { q?: unknown[] }?][] }
    return t.flatMap((transaction) => transaction?.[3]?.q ?? [])
  })
}

export async function stop(running: AsyncDisposable): Promise<void> {
  await running[Symbol.asyncDispose]()
}
