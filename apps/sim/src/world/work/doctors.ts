import type { Client } from '../client.js'

/** Under snapshot isolation two doctors could both leave, each seeing the other; `ensure` keeps one of them. */
export async function doctors(client: Client): Promise<void> {
  const { random, world, avout } = client
  const [one, other] = random.shuffle(world.refs.doctors)
  if (one === undefined || other === undefined) throw new Error('there are two doctors')
  const isolation = random.chance(0.8) ? 'snapshot' : 'serializable'
  await client.call({ kind: 'doctors' }, () =>
    avout.dosync(
      async (tx) => {
        const here = await tx.get(one)
        await client.dawdle()
        const there = isolation === 'snapshot' ? await tx.ensure(other) : await tx.get(other)
        if (!here && !there) world.violate(`${client.name} saw no doctor on call`)
        tx.set(one, here ? !there : true)
      },
      { ...client.options(), isolation },
    ),
  )
}
