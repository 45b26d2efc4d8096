import type { RefDefinition, Tx } from '@avout/core'
import type { Client } from '../client.js'
import type { List } from '../refs.js'

export async function put(client: Client): Promise<void> {
  await putTo(client, client.random.pick(client.world.refs.queues))
}

export async function putTo(client: Client, queue: RefDefinition<List>): Promise<void> {
  const item = client.world.recorder.element()
  const { queued } = client.world
  queued.offered.add(item)
  const body = (tx: Tx) => tx.alter(queue, (items) => [...items, item])
  if ((await client.call({ kind: 'put' }, () => client.avout.dosync(body))) !== undefined) queued.put.add(item)
}

/** Takes an item, and waits while there is none. */
export async function take(client: Client): Promise<void> {
  const queue = client.random.pick(client.world.refs.queues)
  await taking(client, 'take', (tx) => takeFrom(tx, queue))
}

/** Takes an item from one queue, or from the other. */
export async function takeEither(client: Client): Promise<void> {
  const [first, second] = client.random.shuffle(client.world.refs.queues)
  if (first === undefined || second === undefined) throw new Error('there are two queues')
  await taking(client, 'take either', (tx) =>
    tx.orElse(
      (left) => takeFrom(left, first),
      (right) => takeFrom(right, second),
    ),
  )
}

async function takeFrom(tx: Tx, queue: RefDefinition<List>): Promise<number> {
  const [item, ...rest] = await tx.get(queue)
  if (item === undefined) return tx.retry()
  tx.set(queue, rest)
  return item
}

async function taking(client: Client, kind: string, body: (tx: Tx) => Promise<number>): Promise<void> {
  client.world.waits(client.process, 1)
  const taken = await client.call({ kind }, () => client.avout.dosync(body))
  client.world.waits(client.process, -1)
  if (taken !== undefined) client.world.queued.taken.push(taken.value)
}
