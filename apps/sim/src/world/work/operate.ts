import { ops, type RefDefinition, ValidationError } from '@avout/core'
import type { Client } from '../client.js'
import { GAUGES, MOST_STOCK } from '../refs.js'

/** Counts, and appends, by operations; the number of counts and every element are looked at in the end. */
export async function operate(client: Client): Promise<void> {
  const { random, world, avout } = client
  const { tally, bag, lists } = world.refs
  const beside = random.chance(0.3) ? random.pick(lists) : undefined
  const element = random.chance(0.5) ? world.recorder.element() : undefined
  await client.call({ kind: element === undefined ? 'operate: tally' : 'operate: bag' }, (call) => {
    if (element !== undefined) world.operated.set(call.id, element)
    return avout.dosync(async (tx) => {
      if (beside !== undefined) client.saw(tx, beside, await tx.get(beside))
      if (element === undefined) tx.commute(tally, ops.add(1))
      else if (element % 2 === 0) tx.commute(bag, ops.append(element))
      else tx.commute(bag, ops.union(element))
      await client.dawdle()
    }, client.options())
  })
}

/** Takes from a stock, or puts into it, as far as it has and holds. */
export async function stock(client: Client): Promise<void> {
  const { random, world, avout } = client
  const n = random.pick([-3, -2, -1, -1, 1, 2])
  const reads = random.chance(0.2)
  await client.call({ kind: 'operate: stock' }, async (call) => {
    world.operated.set(call.id, n)
    try {
      await avout.dosync(async (tx) => {
        if (reads) client.saw(tx, world.refs.stock, await tx.get(world.refs.stock))
        tx.commute(world.refs.stock, ops.add(n, n < 0 ? { min: 0 } : { max: MOST_STOCK }))
        await client.dawdle()
      }, client.options())
    } catch (error) {
      if (!ValidationError.isInstance(error)) throw error
      world.refused.add(call.id)
      world.tally.count('operation: refused')
    }
  })
}

/** Keys that come and go under operations, and who scans them. */
export async function gauge(client: Client): Promise<void> {
  const { random, world, avout } = client
  const { gauges } = world.refs
  const ref = gauges(random.pick(GAUGES))
  const value = random.between(0, 9)
  const change = random.pick(['add', 'add', 'max', 'min', 'set', 'delete', 'alter', 'scan'] as const)
  await client.call({ kind: `gauge: ${change}` }, () =>
    avout.dosync(async (tx) => {
      if (change === 'add') tx.commute(ref, ops.add(value))
      else if (change === 'max') tx.commute(ref, ops.max(value))
      else if (change === 'min') tx.commute(ref, ops.min(value))
      else if (change === 'set') tx.set(ref, value)
      else if (change === 'delete') tx.delete(ref)
      else if (change === 'alter') await tx.alter(ref, (n) => n - 1)
      else {
        const keys = await tx.keys(gauges)
        await client.dawdle()
        for (const key of GAUGES) {
          const isThere = await tx.has(gauges(key))
          if (isThere !== keys.includes(key)) world.violate(`${client.name} scanned ${keys}, and ${key} is ${isThere}`)
        }
        tx.set(world.refs.shared, await tx.get(world.refs.shared)) // so that it is judged as an update
      }
      await client.dawdle()
    }, client.options()),
  )
}

/** Reads what others operate on, and copies it: that must not be of two times. */
export async function lookAtOperated(client: Client): Promise<void> {
  const { random, world, avout } = client
  const { tally, stock: stored, bag, gauges } = world.refs
  const all: readonly RefDefinition<any>[] = [tally, stored, bag, gauges('x')]
  const refs = random.shuffle(all).slice(0, 2)
  const copies = random.chance(0.5)
  await client.call({ kind: 'look at what is operated on' }, () =>
    avout.dosync(async (tx) => {
      for (const ref of refs) {
        client.saw(tx, ref, await tx.get(ref))
        await client.dawdle()
      }
      if (copies) await tx.alter(gauges('y'), (n) => n)
    }, client.options()),
  )
}
