import type { Order, Payment } from '../shop.js'
import type { Keys, ShopState } from '../state.js'
import { type Assignment, parts, type StoreName, serversOf } from '../stores/assignment.js'
import type { Located } from '../stores/located.js'
import { openOwnView } from './open.js'
import { clientOf, type OwnView } from './own-view.js'

/**
 * The shop as the stores' own clients see it. `through` is the shop as Avout reads it: it stands in for what is in memory, which
 * nobody else can read. All that Avout committed must have been flushed before. Rejects with the clients' own errors.
 */
export function readOwnViews({ assignment, urls, realm }: Located, keys: Keys, through: ShopState): Promise<ShopState> {
  return withViews(assignment, urls, (views) => readShop(views, { assignment, realm }, keys, through))
}

/** Who reads what, as the report says it: `stock in redis by ioredis, …`. */
export function describeReaders(assignment: Assignment): string {
  const readers = parts.map((part) => {
    const store = assignment[part]
    const what = part === 'log' ? 'docks' : part
    return store === 'memory'
      ? `${what} by Avout all the same (memory has no other client)`
      : `${what} in ${store} by ${clientOf[store]}`
  })
  return readers.join(', ')
}

async function readShop(
  views: ReadonlyMap<StoreName, OwnView>,
  { assignment, realm }: Pick<Located, 'assignment' | 'realm'>,
  { orders, skus, docks }: Keys,
  through: ShopState,
): Promise<ShopState> {
  const valuesOf = (store: StoreName, family: string) => views.get(store)?.values(realm, `${family}/`)
  const [stock, placed, payments, docked] = await Promise.all([
    valuesOf(assignment.stock, '/stock'),
    valuesOf(assignment.orders, '/orders'),
    valuesOf(assignment.payments, '/payments'),
    valuesOf(assignment.log, '/docks'),
  ])
  const queues = docks.flatMap((dock) => [`/docks/express/${dock}`, `/docks/ordinary/${dock}`])
  return {
    orders: placed === undefined ? through.orders : pick<Order | null>(placed, '/orders', orders, null),
    payments: payments === undefined ? through.payments : pick<Payment | null>(payments, '/payments', orders, null),
    stock: stock === undefined ? through.stock : pick<number>(stock, '/stock', skus, 0),
    waiting: docked === undefined ? through.waiting : queues.flatMap((queue) => (docked.get(queue) ?? []) as string[]),
  }
}

/** With each store's own client, connected for as long as the body runs. */
async function withViews<R>(
  assignment: Assignment,
  urls: Located['urls'],
  body: (views: ReadonlyMap<StoreName, OwnView>) => Promise<R>,
): Promise<R> {
  const views = new Map<StoreName, OwnView>()
  try {
    for (const name of serversOf(assignment)) views.set(name, await openOwnView(name, urls[name] as string))
    return await body(views)
  } finally {
    await Promise.all([...views.values()].map((view) => view[Symbol.asyncDispose]()))
  }
}

const pick = <T>(
  values: ReadonlyMap<string, unknown>,
  family: string,
  keys: readonly string[],
  absent: T,
): ReadonlyMap<string, T> => new Map(keys.map((key) => [key, (values.get(`${family}/${key}`) ?? absent) as T]))
