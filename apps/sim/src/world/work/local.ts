import { defineRef } from '@avout/core'
import type { Client } from '../client.js'
import { storeId } from '../refs.js'

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

/** A flag here and a flag in the log, never both up: whoever raises one has seen the other down. */
export async function localSkew(client: Client): Promise<void> {
  const { random, avout, flag } = client
  const shared = defineRef(`/flags/${client.number}`, false as boolean, { in: storeId(0) })
  const raise = random.pick(['flag', 'shared'] as const)
  await client.call({ kind: `flags: ${raise}`, alone: raise === 'flag' }, () =>
    avout.dosync(async (tx) => {
      const order = random.chance(0.5)
      const first = await tx.get(order ? flag : shared)
      await client.dawdle()
      const second = await tx.get(order ? shared : flag)
      if (first && second) client.world.violate(`${client.name} saw both flags up`)
      await client.dawdle()
      if (raise === 'flag') tx.set(flag, !first && !second)
      else tx.set(shared, !first && !second)
    }, client.options()),
  )
}
