import type { Client } from '../client.js'

/** A ref that comes and goes: set without a look, deleted, looked for. */
export async function register(client: Client): Promise<void> {
  const { random, world, avout } = client
  const [ref, other] = random.shuffle(world.refs.registers)
  if (ref === undefined || other === undefined) throw new Error('there are two registers')
  const change = random.pick(['set', 'set', 'delete', 'look', 'copy'] as const)
  const value = world.recorder.element()
  await client.call({ kind: `register: ${change}` }, () =>
    avout.dosync(async (tx) => {
      if (change === 'set') tx.set(ref, value)
      else if (change === 'delete') tx.delete(ref)
      else {
        const found = await tx.get(ref)
        client.saw(tx, ref, found)
        await client.dawdle()
        const there = await tx.has(ref)
        if (!there && found !== ref.initial) world.violate(`${client.name} saw ${ref.name} absent, and at ${found}`)
        if (change === 'copy') tx.set(other, found)
      }
      await client.dawdle()
    }, client.options()),
  )
}
