import { createHash } from 'node:crypto'
import type { Avout } from '@avout/core'
import type { Mail } from './mailer.js'
import type { Order, Payment, Shop, Status } from './shop.js'

/** The whole shop at one moment. */
export interface ShopState {
  readonly orders: ReadonlyMap<string, Order | null>
  readonly payments: ReadonlyMap<string, Payment | null>
  readonly stock: ReadonlyMap<string, number>
  /** Orders that still wait on a dock. */
  readonly waiting: readonly string[]
  /** What the mailer has confirmed. */
  readonly mail: Mail
}

export interface Keys {
  readonly orders: readonly string[]
  readonly skus: readonly string[]
  readonly docks: readonly string[]
}

/** Reads everything in one snapshot. */
export function readState(client: Avout, shop: Shop, { orders, skus, docks }: Keys): Promise<ShopState> {
  return client.read(async (tx) => ({
    orders: zip(orders, await tx.getAll(orders.map((id) => shop.orders(id)))),
    payments: zip(orders, await tx.getAll(orders.map((id) => shop.payments(id)))),
    stock: zip(skus, await tx.getAll(skus.map((sku) => shop.stock(sku)))),
    waiting: (await tx.getAll(docks.flatMap((dock) => [shop.express(dock), shop.ordinary(dock)]))).flat(),
    mail: await client.agent(shop.mailer).deref(),
  }))
}

/** Equal for equal states: two clients agree when their digests do. */
export function digest({ orders, payments, stock, waiting, mail }: ShopState): string {
  const text = canonical([[...orders], [...payments], [...stock], waiting, mail])
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}

/** One text for equal values. */
export const canonical = (value: unknown): string => JSON.stringify(value, sortedKeys)

/** Stores may give an object's keys back in another order. */
function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

const zip = <T>(keys: readonly string[], values: readonly T[]): ReadonlyMap<string, T> =>
  new Map(keys.map((key, index) => [key, values[index] as T]))

/** Units of each product in the orders of these statuses. */
export function unitsBySku(state: ShopState, ...statuses: readonly Status[]): Map<string, number> {
  const units = new Map<string, number>()
  for (const order of state.orders.values()) {
    if (order === null || !statuses.includes(order.status)) continue
    for (const { sku, quantity } of order.lines) units.set(sku, (units.get(sku) ?? 0) + quantity)
  }
  return units
}
