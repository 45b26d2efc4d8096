import type { Seen } from '../audit.js'
import { type Mail, noMail } from '../mailer.js'
import type { Scores } from '../scoreboard.js'
import type { Order, Payment } from '../shop.js'
import type { Keys } from '../state.js'
import { type Assignment, type Part, parts, type StoreName, serversOf } from '../stores/assignment.js'
import type { Located } from '../stores/located.js'
import { openOwnView } from './open.js'
import { clientOf, type OwnView } from './own-view.js'

/**
 * The shop as the stores' own clients see it. `through` is the shop as Avout reads it: it stands in for what is in memory, which
 * nobody else can read. All that Avout committed must have been flushed before. Rejects with the clients' own errors.
 */
export function readOwnViews({ assignment, urls, realm }: Located, keys: Keys, through: Seen): Promise<Seen> {
  return withViews(assignment, urls, (views) => readShop(views, { assignment, realm }, keys, through))
}

/** Who reads what, a line each, as the report says it: `stock and scoreboard: redis, by ioredis`. */
export function describeReaders(assignment: Assignment): readonly string[] {
  return parts.map((part) => {
    const store = assignment[part]
    const reader = store === 'memory' ? 'Avout all the same: it has no other client' : clientOf[store]
    return `${readAs[part]}: ${store}, by ${reader}`
  })
}

const readAs: Readonly<Record<Part, string>> = {
  log: 'docks and mailer',
  stock: 'stock and scoreboard',
  orders: 'orders',
  payments: 'payments',
}

async function readShop(
  views: ReadonlyMap<StoreName, OwnView>,
  { assignment, realm }: Pick<Located, 'assignment' | 'realm'>,
  { orders, skus, docks }: Keys,
  through: Seen,
): Promise<Seen> {
  const valuesOf = (store: StoreName, family: string) => views.get(store)?.values(realm, `${family}/`)
  const [stock, placed, payments, docked, mailer, scores] = await Promise.all([
    valuesOf(assignment.stock, '/stock'),
    valuesOf(assignment.orders, '/orders'),
    valuesOf(assignment.payments, '/payments'),
    valuesOf(assignment.log, '/docks'),
    views.get(assignment.log)?.values(realm, stateOfMailer),
    views.get(assignment.stock)?.atom(realm, '/scoreboard'),
  ])
  const queues = docks.flatMap((dock) => [`/docks/express/${dock}`, `/docks/ordinary/${dock}`])
  const { state } = through
  return {
    state: {
      orders: placed === undefined ? state.orders : pick<Order | null>(placed, '/orders', orders, null),
      payments: payments === undefined ? state.payments : pick<Payment | null>(payments, '/payments', orders, null),
      stock: stock === undefined ? state.stock : pick<number>(stock, '/stock', skus, 0),
      waiting: docked === undefined ? state.waiting : queues.flatMap((queue) => (docked.get(queue) ?? []) as string[]),
      mail: mailer === undefined ? state.mail : ((mailer.get(stateOfMailer) ?? noMail) as Mail),
    },
    scores: views.has(assignment.stock) ? ((scores ?? {}) as Scores) : through.scores,
  }
}

/** The ref that holds an agent's state. */
const stateOfMailer = '~agent:/mailer'

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
