import type { Client } from '../client.js'

/** A family that has two keys as soon as it has any: whoever scans it sees both, or none, and swaps one for another. */
export async function scan(client: Client): Promise<void> {
  const { random, world, avout } = client
  const { family } = world.refs
  const fresh = [`k${world.recorder.element()}`, `k${world.recorder.element()}`] as const
  const onlyLook = random.chance(0.3)
  await client.call({ kind: onlyLook ? 'scan' : 'scan and swap' }, () =>
    avout.dosync(async (tx) => {
      const keys = await tx.keys(family)
      await client.dawdle()
      const entries = await tx.entries(family)
      if (keys.length !== 0 && keys.length !== 2) world.violate(`${client.name} scanned ${keys.length} keys: ${keys}`)
      if (`${entries.map(([key]) => key)}` !== `${keys}`)
        world.violate(`${client.name} scanned ${keys}, then ${entries}`)
      if (onlyLook) return
      const gone = random.pick([...keys, ''])
      if (keys.length === 0) for (const key of fresh) tx.set(family(key), 1)
      else if (gone !== '') {
        tx.delete(family(gone))
        tx.set(family(fresh[0]), 1)
      }
    }, client.options()),
  )
}
