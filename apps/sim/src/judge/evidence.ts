import { Model } from '../model/model.js'
import { type Transactions, transactionsOf } from '../model/opacity.js'
import type { World } from '../world/world.js'

/** What a world left behind, and how its log is to be read. */
export interface Evidence {
  readonly world: World
  readonly model: Model
  readonly transactions: Transactions
}

export async function evidenceOf(world: World): Promise<Evidence> {
  const model = new Model()
  for (const record of await world.records()) model.apply(record)
  return { world, model, transactions: transactionsOf(model) }
}

/** A value in the end: from the log, or from its container where the log does not carry it. */
export function valueAt(
  { world, model }: Evidence,
  ref: { name: string; initial: unknown },
  position: number,
): unknown {
  const head = model.headAt(ref.name, position)
  if (!head.exists) return ref.initial
  return head.data ?? storedAt(world, head.home, ref.name, head.version)
}

export function storedAt(world: World, home: string, ref: string, version: string): unknown {
  return world.stores.find(({ id }) => id === home)?.peek(world.realm, ref, version)
}
