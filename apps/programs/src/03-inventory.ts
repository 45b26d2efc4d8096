// Validator function, zod and valibot as Standard Schemas.
import { type Avout, type Ref, type Tx, ValidationError } from '@avout/core'
import * as v from 'valibot'
import { z } from 'zod'

const Item = z.object({ sku: z.string(), onHand: z.number().int().min(0), tags: z.array(z.string()) })
type Item = z.infer<typeof Item>
const Order = v.object({
  id: v.string(),
  status: v.picklist(['open', 'paid', 'shipped']),
  lines: v.array(v.object({ sku: v.string(), n: v.number() })),
})
type Order = v.InferOutput<typeof Order>

const describe = (item: Item): string => `${item.sku} ×${item.onHand} ${item.tags.join()}`
const units = (order: Order): number => order.lines.reduce((sum, line) => sum + line.n, 0)

export async function order(avout: Avout, id: string) {
  const item = avout.ref('/items/nut', { sku: 'nut', onHand: 100, tags: [] }, { schema: Item })
  const order = avout.ref(`/orders/${id}`, { id, status: 'open', lines: [] }, { schema: Order })
  const count = avout.ref('/count', 0, { validate: (n) => n >= 0 })
  try {
    return await avout.dosync(async (tx) => {
      const o = await tx.get(order)
      o.status satisfies 'open' | 'paid' | 'shipped'
      await tx.alter(item, (i) => ({ ...i, onHand: i.onHand - units(o) }))
      await tx.alter(order, (o) => ({ ...o, status: 'paid' }))
      void tx.alter(count, (n) => n - 1)
      return describe(await tx.get(item))
    })
  } catch (error) {
    if (ValidationError.isInstance(error))
      return error.issues.map((issue) => `${error.ref} ${issue.path?.join('.') ?? ''}: ${issue.message}`).join()
    throw error
  }
}

export function lose(tx: Tx, order: Ref<Order>) {
  // @ts-expect-error no such status
  return tx.alter(order, (o) => ({ ...o, status: 'lost' }))
}
