import type { Client } from '../client.js'

/** Without a word of the transaction: `deref` reads its snapshot, an inner `dosync` joins it. For clients that have ambient ones. */
export async function ambient(client: Client): Promise<void> {
  const { random, world, avout } = client
  const definition = random.pick(world.refs.lists)
  const ref = avout.ref(definition)
  const element = world.recorder.element()
  const append = { f: 'append', key: ref.name, element } as const
  const read = async () => ({ f: 'read', key: ref.name, list: await ref.deref() }) as const
  await client.call({ kind: 'ambient', intended: [append] }, (call) =>
    avout.dosync(async () => {
      call.steps = [await read()]
      await client.dawdle()
      await avout.dosync((tx) => tx.alter(ref, (list) => [...list, element]))
      call.steps.push(append, await read())
    }, client.options()),
  )
}
