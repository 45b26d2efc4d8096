import type { Client } from '../client.js'

/** Ids that callers choose, few enough to be chosen twice: one commits, while the window lasts. */
export async function named(client: Client): Promise<void> {
  const { random, world, avout } = client
  const ref = random.pick(world.refs.lists)
  const element = world.recorder.element()
  const id = `order-${random.between(1, 6)}`
  const append = { f: 'append', key: ref.name, element } as const
  await client.call({ kind: 'named', intended: [append] }, (call) =>
    avout.dosync(
      async (tx) => {
        const list = await tx.alter(ref, (before) => [...before, element])
        call.steps = [{ f: 'read', key: ref.name, list: list.slice(0, -1) }, append]
      },
      { ...client.options(), id },
    ),
  )
}
