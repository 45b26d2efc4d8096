import type { RefDefinition, Tx } from '@avout/core'
import type { Client } from '../client.js'
import type { List } from '../refs.js'
import type { Waiter } from '../world.js'

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
  await taking(client, 'take', [queue], (tx) => takeFrom(tx, queue))
}

/** Takes an item from one queue, or from the other. */
export async function takeEither(client: Client): Promise<void> {
  const [first, second] = client.random.shuffle(client.world.refs.queues)
  if (first === undefined || second === undefined) throw new Error('there are two queues')
  await taking(client, 'take either', [first, second], (tx) =>
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

async function taking(
  client: Client,
  kind: string,
  queues: readonly RefDefinition<List>[],
  body: (tx: Tx) => Promise<number>,
): Promise<void> {
  const stop = client.world.waits({ client, queues })
  const taken = await client.call({ kind }, () => client.avout.dosync(body))
  stop()
  if (taken !== undefined) client.world.queued.taken.push(taken.value)
}

/** Who waits for an item that is there, and was there a while ago already. */
export async function sleepers(feeder: Client): Promise<Waiter[]> {
  const { world, avout } = feeder
  const { queues } = world.refs
  const look = () => feeder.call({ kind: 'look at the queues' }, () => avout.read((tx) => tx.getAll(queues)))
  const waiting = [...world.waiting]
  const before = await look()
  const isServed = (waiter: Waiter) => waiter.queues.some((queue) => before?.value[queues.indexOf(queue)]?.length)
  if (!waiting.some(isServed)) return []
  await feeder.sleep(PATIENCE)
  const after = await look()
  if (JSON.stringify(before?.value) !== JSON.stringify(after?.value)) return []
  return waiting.filter((waiter) => world.waiting.has(waiter) && isServed(waiter))
}

/** Longer than any poll waits, and any lease lasts that somebody died with, in ms. */
const PATIENCE = 25_000
