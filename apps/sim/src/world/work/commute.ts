import type { Client } from '../client.js'

/** Counts up without reading; the number of counts is looked at in the end. */
export async function commute(client: Client): Promise<void> {
  const { world, avout, random } = client
  const { counter, lists } = world.refs
  const beside = random.chance(0.5) ? random.pick(lists) : undefined
  await client.call({ kind: 'commute' }, () =>
    avout.dosync(async (tx) => {
      if (beside !== undefined) client.saw(tx, beside, await tx.get(beside))
      await tx.commute(counter, (count) => count + 1)
      await client.dawdle()
    }, client.options()),
  )
}
