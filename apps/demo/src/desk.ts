import { type Avout, ValidationError } from '@avout/core'
import type { FileOrder } from './orders-file.js'
import { dockSize, type Order, type Shop } from './shop.js'
import type { Tally } from './tally.js'

export interface Desk {
  readonly client: Avout
  readonly shop: Shop
  /** Where its paid orders go. */
  readonly dock: string
  readonly tally: Tally
  readonly signal: AbortSignal
}

/** Takes one order from its arrival to the dock, or rejects it: two transactions either way. */
export async function serve(desk: Desk, order: FileOrder): Promise<'paid' | 'rejected'> {
  try {
    await place(desk, order)
  } catch (error) {
    if (!ValidationError.isInstance(error)) throw error
    await reject(desk, order, `out of stock: ${productOf(desk.shop, order, error.ref)}`)
    return 'rejected'
  }
  await pay(desk, order)
  return 'paid'
}

/** The order and the stock of all its lines, or nothing: a product that would go below zero refuses the whole of it. */
async function place({ client, shop, signal }: Desk, order: FileOrder): Promise<void> {
  await client.dosync(
    async (tx) => {
      if ((await tx.get(shop.orders(order.id))) !== null) throw new Error(`order ${order.id} was placed before`)
      tx.set(shop.orders(order.id), newOrder(order, 'placed', null))
      for (const { sku, quantity } of order.lines) await tx.alter(shop.stock(sku), (left, n) => left - n, quantity)
    },
    { label: `place ${order.id}`, signal },
  )
}

async function reject({ client, shop, signal }: Desk, order: FileOrder, reason: string): Promise<void> {
  await client.dosync((tx) => tx.set(shop.orders(order.id), newOrder(order, 'rejected', reason)), {
    label: `reject ${order.id}`,
    signal,
  })
}

/** Payment, status and a place on the dock together; while the dock is full it sleeps until a van has been. */
async function pay({ client, shop, dock, tally, signal }: Desk, order: FileOrder): Promise<void> {
  const queue = (order.express ? shop.express : shop.ordinary)(dock)
  await client.dosync(
    async (tx) => {
      const [placed, waiting] = await tx.getAll([shop.orders(order.id), queue])
      if (placed?.status !== 'placed') throw new Error(`order ${order.id} is ${placed?.status ?? 'lost'}, not placed`)
      if (waiting.length >= dockSize) {
        tally.waited()
        return tx.retry()
      }
      tx.set(shop.orders(order.id), { ...placed, status: 'paid' })
      tx.set(shop.payments(order.id), { order: order.id, customer: order.customer, amount: order.total })
      tx.set(queue, [...waiting, order.id])
    },
    { label: `pay ${order.id}`, signal },
  )
}

function newOrder(order: FileOrder, status: Order['status'], reason: string | null): Order {
  const { id, customer, express, lines, total } = order
  return { id, customer, express, lines, total, status, reason }
}

const productOf = (shop: Shop, order: FileOrder, ref: string): string =>
  order.lines.find(({ sku }) => shop.stock(sku).name === ref)?.sku ?? ref
