import { type Avout, type Tx, ValidationError } from '@avout/core'
import type { FileOrder } from './orders-file.js'
import { Patience } from './patience.js'
import { score, scoreboardOf } from './scoreboard.js'
import { dockSize, type Order, type Shop, type Status } from './shop.js'
import type { Tally } from './tally.js'

export interface Desk {
  readonly client: Avout
  readonly shop: Shop
  /** As the scoreboard shows it. */
  readonly name: string
  /** Where its paid orders go. */
  readonly dock: string
  readonly tally: Tally
  readonly signal: AbortSignal
}

export type Served = 'paid' | 'rejected'

/**
 * Takes one order from its arrival to the dock, or rejects it. `again`: another one may have begun with it, and died; or this one
 * did, and was not told what became of it. Then it goes on from what is there.
 */
export async function serve(desk: Desk, order: FileOrder, again: boolean): Promise<Served> {
  const patience = new Patience(desk.signal)
  for (let resumes = again; ; resumes = true) {
    try {
      const end = await attempt(desk, order, resumes)
      await scoreboardOf(desk.client, desk.shop).swap(score, desk.name, order.id, end)
      return end
    } catch (error) {
      await patience.after(error)
    }
  }
}

async function attempt(desk: Desk, order: FileOrder, resumes: boolean): Promise<Served> {
  let status: Status
  try {
    status = await place(desk, order, resumes)
  } catch (error) {
    if (!ValidationError.isInstance(error)) throw error
    await reject(desk, order, `out of stock: ${productOf(desk.shop, order, error.ref)}`)
    return 'rejected'
  }
  if (status === 'placed') await pay(desk, order, resumes)
  return status === 'rejected' ? 'rejected' : 'paid'
}

/**
 * The order and the stock of all its lines, or nothing: a product that would go below zero refuses the whole of it. An express
 * order is paid with it and on the dock: one transaction over everything that the shop has.
 */
function place(desk: Desk, order: FileOrder, resumes: boolean): Promise<Status> {
  const { client, shop, signal } = desk
  return client.dosync(
    async (tx) => {
      const there = await tx.get(shop.orders(order.id))
      if (there !== null && resumes) return there.status
      if (there !== null) throw new Error(`order ${order.id} was placed before`)
      if (order.express) await putOnDock(tx, desk, order)
      const status = order.express ? 'paid' : 'placed'
      tx.set(shop.orders(order.id), newOrder(order, status, null))
      for (const { sku, quantity } of order.lines) await tx.alter(shop.stock(sku), (left, n) => left - n, quantity)
      return status
    },
    { label: `place ${order.id}`, signal },
  )
}

async function reject({ client, shop, signal }: Desk, order: FileOrder, reason: string): Promise<void> {
  await client.dosync(
    async (tx) => {
      const there = await tx.get(shop.orders(order.id))
      if (there === null) tx.set(shop.orders(order.id), newOrder(order, 'rejected', reason))
    },
    { label: `reject ${order.id}`, signal },
  )
}

/** Payment, its confirmation, status and a place on the dock together. */
async function pay(desk: Desk, order: FileOrder, resumes: boolean): Promise<void> {
  const { client, shop, signal } = desk
  await client.dosync(
    async (tx) => {
      const placed = await tx.get(shop.orders(order.id))
      if (resumes && (placed?.status === 'paid' || placed?.status === 'shipped')) return
      if (placed?.status !== 'placed') throw new Error(`order ${order.id} is ${placed?.status ?? 'lost'}, not placed`)
      await putOnDock(tx, desk, order)
      tx.set(shop.orders(order.id), { ...placed, status: 'paid' })
    },
    { label: `pay ${order.id}`, signal },
  )
}

/** Pays and finds a place on the dock; while the dock is full it sleeps until a van has been. */
async function putOnDock(tx: Tx, { shop, dock, tally }: Desk, order: FileOrder): Promise<void> {
  const queue = (order.express ? shop.express : shop.ordinary)(dock)
  const waiting = await tx.get(queue)
  if (waiting.length >= dockSize) {
    tally.waited()
    return tx.retry()
  }
  tx.set(shop.payments(order.id), { order: order.id, customer: order.customer, amount: order.total })
  tx.send(shop.mailer, 'confirm', { order: order.id, amount: order.total })
  tx.set(queue, [...waiting, order.id])
}

function newOrder(order: FileOrder, status: Order['status'], reason: string | null): Order {
  const { id, customer, express, lines, total } = order
  return { id, customer, express, lines, total, status, reason }
}

const productOf = (shop: Shop, order: FileOrder, ref: string): string =>
  order.lines.find(({ sku }) => shop.stock(sku).name === ref)?.sku ?? ref
