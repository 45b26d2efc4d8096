import type { Client } from '../client.js'

/** Two local refs that always are opposite, changed together with a shared one, or alone, or only looked at. */
export async function local(client: Client): Promise<void> {
  const { random, world, avout, locals } = client
  const { shared } = world.refs
  const [up, down] = locals
  const change = random.pick(['both', 'both', 'local', 'nothing'] as const)
  await client.call({ kind: `local: ${change}`, alone: change !== 'both' }, () =>
    avout.dosync(async (tx) => {
      const above = await tx.get(up)
      await client.dawdle()
      const below = await tx.get(down)
      if (above + below !== 0) world.violate(`${client.name} saw local refs at ${above} and ${below}`)
      if (change === 'nothing') return
      if (change === 'both') await tx.alter(shared, (count) => count + 1)
      await client.dawdle()
      tx.set(up, above + 1)
      await tx.alter(down, (value) => value - 1)
    }, client.options()),
  )
}
