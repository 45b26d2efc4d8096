import { lettersFaults } from './checks/letters.js'
import { scoresFaults } from './checks/scores.js'
import { tillFaults } from './checks/till.js'
import type { Letter } from './mailer.js'
import type { FileOrder } from './orders-file.js'
import type { Scores } from './scoreboard.js'
import type { Order } from './shop.js'
import type { Snapshots } from './snapshots.js'
import { canonical, digest, type ShopState, unitsBySku } from './state.js'
import type { RollLine } from './till.js'
import type { Sightings } from './watcher.js'

/** What is there at the end. */
export interface Seen {
  readonly state: ShopState
  readonly scores: Scores
}

/** All that the audit judges by: what was asked for, what was reported on the way, and what is there at the end. */
export interface Evidence extends Seen {
  /** The orders of the file that the desks took: all of them, unless the run was interrupted. */
  readonly taken: readonly FileOrder[]
  readonly untaken: readonly FileOrder[]
  readonly opening: ReadonlyMap<string, number>
  /** Order ids as the desks and vans reported them, every time that they did. */
  readonly reported: { readonly rejected: readonly string[]; readonly shipped: readonly string[] }
  /** Whether what left with a van may have gone unreported: a process was killed, or was not told what became of a load. */
  readonly unheard: boolean
  /** What is on paper: every letter that was carried, and the till's roll. */
  readonly letters: readonly Letter[]
  readonly roll: readonly RollLine[]
  /** What is there as the stores' own clients read it; absent in memory, which has none. */
  readonly seen?: Seen | undefined
  /** What was seen of the shop while all were at work; absent where nobody looked. */
  readonly snapshots?: Snapshots | undefined
  readonly sightings: Sightings
  /** What each client says of the log and of the shop, one that joined at the very end among them. */
  readonly clients: readonly { readonly name: string; readonly position: number; readonly digest: string }[]
}

export interface Check {
  readonly name: string
  /** What does not hold; the check passed if there is none. */
  readonly faults: readonly string[]
}

/** Every promise of the shop, each with what breaks it. Pure: the same evidence gives the same verdict. */
export function audit(evidence: Evidence): Check[] {
  return [
    { name: 'every order is shipped or rejected, exactly once', faults: ordersAccounted(evidence) },
    { name: 'every order holds what the file says', faults: ordersUnchanged(evidence) },
    { name: 'stock: opening = left + shipped, for every product', faults: stockConserved(evidence) },
    { name: 'nothing was rejected that could be served', faults: rejectionsJustified(evidence) },
    { name: 'payments equal the totals of what was shipped', faults: paymentsMatch(evidence) },
    { name: 'the scoreboard, an atom: each order is scored once', faults: scoresFaults(evidence) },
    { name: 'the till, under a lock: one teller at a time, tokens only grew', faults: tillFaults(evidence) },
    { name: 'the mailer, an agent: each paid order is confirmed once', faults: lettersFaults(evidence) },
    { name: 'the watcher saw each change once, in order', faults: watcherSawAll(evidence) },
    ...(evidence.snapshots === undefined ? [] : [snapshotsAddUp(evidence.snapshots)]),
    { name: 'all clients agree on the log and on the shop', faults: clientsAgree(evidence) },
  ]
}

/** The same promises, judged by what the stores' own clients have read. None where nobody did. */
export function auditSeen({ seen, ...evidence }: Evidence): Check[] {
  if (seen === undefined) return []
  const own = { ...evidence, ...seen }
  return [
    { name: 'every order is shipped or rejected, exactly once', faults: ordersAccounted(own) },
    { name: 'every order holds what the file says', faults: ordersUnchanged(own) },
    { name: 'stock: opening = left + shipped, for every product', faults: stockConserved(own) },
    { name: 'nothing was rejected that could be served', faults: rejectionsJustified(own) },
    { name: 'payments equal the totals of what was shipped', faults: paymentsMatch(own) },
    { name: 'the scoreboard, an atom: each order is scored once', faults: scoresFaults(own) },
    { name: 'the mailer, an agent: each paid order is confirmed once', faults: lettersFaults(own) },
    { name: 'the stores hold what Avout reads', faults: sameShop(seen, evidence) },
  ]
}

const snapshotsAddUp = ({ count, faults }: Snapshots): Check => ({
  name: `each of ${count} snapshots on the way adds up`,
  faults: count === 0 ? ['nobody looked', ...faults] : faults,
})

function sameShop({ state: seen, scores: seenScores }: Seen, { state, scores }: Seen): string[] {
  const ifDiffer = (what: string, own: unknown, ours: unknown) =>
    canonical(own) === canonical(ours) ? [] : [`${what} there: ${canonical(own)}, not ${canonical(ours)}`]
  const board = ifDiffer('scoreboard', seenScores, scores)
  if (digest(seen) === digest(state)) return board
  const differing = (what: string, own: ReadonlyMap<string, unknown>, ours: ReadonlyMap<string, unknown>) =>
    faultsOf(ours, ([key, value]) => {
      const there = own.get(key)
      return (
        canonical(there) !== canonical(value) && `${what} ${key}: ${canonical(there)} there, not ${canonical(value)}`
      )
    })
  return [
    ...differing('order', seen.orders, state.orders),
    ...differing('payment', seen.payments, state.payments),
    ...differing('stock', seen.stock, state.stock),
    ...ifDiffer('docks', seen.waiting, state.waiting),
    ...ifDiffer('mailer', seen.mail, state.mail),
    ...board,
  ]
}

export const passed = (checks: readonly Check[]): boolean => checks.every(({ faults }) => faults.length === 0)

function* faultsOf<T>(items: Iterable<T>, fault: (item: T) => string | false): Generator<string> {
  for (const item of items) {
    const found = fault(item)
    if (found !== false) yield found
  }
}

const statusOf = (order: Order | null | undefined): string => order?.status ?? 'missing'

function ordersAccounted({ taken, untaken, reported, unheard, state }: Evidence): string[] {
  const shipped = countOf(reported.shipped)
  const rejected = countOf(reported.rejected)
  const ends = (id: string) => `${shipped.get(id) ?? 0} times shipped, ${rejected.get(id) ?? 0} times rejected`
  const known = new Set(taken.map(({ id }) => id))
  return [
    ...faultsOf(taken, ({ id }) => {
      const order = state.orders.get(id)
      const expected = order?.status === 'shipped' ? [1, 0] : [0, 1]
      if (order?.status !== 'shipped' && order?.status !== 'rejected') return `order ${id} is ${statusOf(order)}`
      if (order.status === 'rejected' && order.reason === null) return `order ${id} is rejected without a reason`
      const reports = shipped.get(id) ?? 0
      const isLeftOut = unheard && order.status === 'shipped' && reports === 0
      const agree = (reports === expected[0] || isLeftOut) && (rejected.get(id) ?? 0) === expected[1]
      return !agree && `order ${id} is ${order.status}, but was reported ${ends(id)}`
    }),
    ...faultsOf(untaken, ({ id }) => state.orders.get(id) !== null && `order ${id} was never taken, yet it is there`),
    ...faultsOf([...shipped.keys(), ...rejected.keys()], (id) => !known.has(id) && `order ${id} is in no file`),
    ...faultsOf(state.waiting, (id) => `order ${id} still waits on a dock`),
  ]
}

function ordersUnchanged({ taken, state }: Evidence): string[] {
  const text = ({ id, customer, express, lines, total }: FileOrder | Order) =>
    JSON.stringify([id, customer, express, total, lines.map((line) => [line.sku, line.quantity, line.unitPrice])])
  return [
    ...faultsOf(taken, (order) => {
      const found = state.orders.get(order.id)
      return !!found && text(found) !== text(order) && `order ${order.id}: ${text(found)}, not ${text(order)}`
    }),
  ]
}

function stockConserved({ opening, state }: Evidence): string[] {
  const shipped = unitsBySku(state, 'shipped')
  return [
    ...faultsOf(opening, ([sku, units]) => {
      const left = state.stock.get(sku) ?? 0
      const gone = shipped.get(sku) ?? 0
      if (left < 0) return `${sku}: ${left} left: oversold`
      return left + gone !== units && `${sku}: opened with ${units}, but ${left} are left and ${gone} were shipped`
    }),
  ]
}

/** Stock only shrinks: what did not suffice at the rejection cannot suffice at the end. */
function rejectionsJustified({ state }: Evidence): string[] {
  return [
    ...faultsOf(state.orders.values(), (order) => {
      if (order?.status !== 'rejected') return false
      const short = order.lines.some(({ sku, quantity }) => (state.stock.get(sku) ?? 0) < quantity)
      return !short && `order ${order.id} was rejected (${order.reason}), but all of it is in stock`
    }),
  ]
}

function paymentsMatch({ state }: Evidence): string[] {
  return [
    ...faultsOf(state.orders, ([id, order]) => {
      const payment = state.payments.get(id) ?? null
      const due = order?.status === 'shipped' ? order.total : 0
      if ((payment?.amount ?? 0) !== due) return `order ${id}: ${payment?.amount ?? 0} cents paid, ${due} due`
      if (payment === null) return false
      const matches = payment.order === id && payment.customer === order?.customer
      return !matches && `order ${id}: paid by ${payment.customer} for order ${payment.order}`
    }),
  ]
}

function watcherSawAll({ opening, state, sightings }: Evidence): string[] {
  // An express order is placed and paid in one transaction.
  const pathOf = (order: Order | null) => {
    if (order?.status !== 'shipped') return order?.status === 'rejected' ? 'rejected' : ''
    return order.express ? 'paid, shipped' : 'placed, paid, shipped'
  }
  const changes = new Map([...opening].map(([sku, units]) => [sku, units === 0 ? 0 : 1]))
  for (const order of state.orders.values()) {
    if (order?.status !== 'shipped') continue
    for (const { sku } of order.lines) changes.set(sku, (changes.get(sku) ?? 0) + 1)
  }
  return [
    ...sightings.faults,
    ...faultsOf(state.orders, ([id, order]) => {
      const seen = sightings.orders.get(id)?.join(', ') ?? ''
      return seen !== pathOf(order) && `order ${id} is ${statusOf(order)}, but the watcher saw: ${seen || 'nothing'}`
    }),
    ...faultsOf(changes, ([sku, expected]) => {
      const seen = sightings.stock.get(sku) ?? { changes: 0, left: 0 }
      if (seen.changes !== expected) return `stock of ${sku} changed ${expected} times, the watcher saw ${seen.changes}`
      return (
        seen.left !== state.stock.get(sku) && `stock of ${sku} is ${state.stock.get(sku)}, the watcher saw ${seen.left}`
      )
    }),
  ]
}

function clientsAgree({ clients }: Evidence): string[] {
  const [first, ...others] = clients
  if (first === undefined || others.length === 0) return ['fewer than two clients were asked']
  return [
    ...faultsOf(others, ({ name, position, digest }) => {
      if (position !== first.position) return `${name} is at position ${position}, ${first.name} at ${first.position}`
      return digest !== first.digest && `${name} sees another shop than ${first.name}`
    }),
  ]
}

function countOf(ids: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1)
  return counts
}
