import { setMaxListeners } from 'node:events'
import { type Avout, connect } from '@avout/core'
import type { Evidence } from './audit.js'
import { type Desk, serve } from './desk.js'
import type { FileOrder } from './orders-file.js'
import { drive } from './shipper.js'
import { openShop, type Shop, type Stores } from './shop.js'
import { digest, type Keys, readState } from './state.js'
import type { Tally } from './tally.js'
import { Watcher } from './watcher.js'

export interface DayOptions {
  readonly stores: Stores
  readonly orders: readonly FileOrder[]
  /** Desk clients. */
  readonly clients: number
  readonly tally: Tally
  /** Aborted: no further order is taken, those that were are brought to their end. */
  readonly interrupted: AbortSignal
  readonly say: (line: string) => void
}

export interface Day {
  readonly evidence: Evidence
  /** Of the orders alone: without connecting and audit. */
  readonly seconds: number
}

/** Desks a dock: fewer vans than desks, so that docks fill up and desks wait too. */
const desksPerDock = 2
/** Below what the orders ask for, so that the popular products run out. */
const openingShare = 0.9

/** One day of the shop, from the opening stock to the evidence that the audit judges. Rejects with the first failure of any client. */
export async function runDay(options: DayOptions): Promise<Day> {
  const clients = new Map<Avout, string>()
  const join = async (name: string): Promise<Avout> => {
    const { coordinator, backends, realm } = options.stores
    const client = await connect({ coordinator, backends, realm, name })
    clients.set(client, name)
    options.tally.listen(client)
    return client
  }
  try {
    return await openUntilClose(options, join, clients)
  } finally {
    await Promise.all([...clients.keys()].map((client) => client.close()))
  }
}

async function openUntilClose(
  options: DayOptions,
  join: (name: string) => Promise<Avout>,
  staff: ReadonlyMap<Avout, string>,
): Promise<Day> {
  const { orders, say } = options
  const shop = openShop(options.stores)
  const opening = openingStock(orders)
  const docks = Array.from({ length: Math.ceil(options.clients / desksPerDock) }, (_, n) => `dock-${n + 1}`)
  const keys: Keys = { orders: orders.map(({ id }) => id), skus: [...opening.keys()], docks }

  const office = await join('office')
  const watcher = new Watcher(await join('watcher'), shop, keys, (sku) => say(`sold out: ${sku}`))
  const desks = await Promise.all(Array.from({ length: options.clients }, (_, n) => join(`desk-${n + 1}`)))
  const vans = await Promise.all(docks.map((_, n) => join(`van-${n + 1}`)))
  await office.dosync((tx) => {
    for (const [sku, units] of opening) tx.set(shop.stock(sku), units)
  })

  const started = performance.now()
  const work = await sell(options, { shop, office, desks, vans, docks })
  const seconds = (performance.now() - started) / 1000

  await office.dosync((tx) => tx.set(shop.dayEnded, true))
  await watcher.caughtUp(10_000)
  await join('latecomer')
  const state = await readState(office, shop, keys)
  const opinions = await Promise.all([...staff].map(([client, name]) => opinionOf(client, name, shop, keys)))
  return { seconds, evidence: { ...work, opening, state, sightings: watcher, clients: opinions } }
}

interface Staff {
  readonly shop: Shop
  readonly office: Avout
  readonly desks: readonly Avout[]
  readonly vans: readonly Avout[]
  readonly docks: readonly string[]
}

/** Desks take the orders in the file's order, vans drive until the desks are done. One failure stops everybody. */
async function sell(
  { orders, tally, interrupted }: DayOptions,
  { shop, office, desks, vans, docks }: Staff,
): Promise<Pick<Evidence, 'taken' | 'untaken' | 'reported'>> {
  const reported = { rejected: [] as string[], shipped: [] as string[] }
  const failure = new AbortController()
  const { signal } = failure
  // One transaction a client at a time, so one listener each: more would be a leak, and Node would tell.
  setMaxListeners(desks.length + vans.length + 1, signal)
  const orStopAll = async (work: Promise<unknown>) => {
    try {
      await work
    } catch (error) {
      failure.abort(error)
    }
  }
  let next = 0
  const atDesk = async (desk: Desk) => {
    while (!interrupted.aborted && !signal.aborted) {
      const order = orders[next++]
      if (order === undefined) return
      const end = await serve(desk, order)
      tally[end]++
      if (end === 'rejected') reported.rejected.push(order.id)
    }
  }
  const onTheRoad = (client: Avout, n: number) =>
    drive({ client, shop, dock: docks[n] as string, tally, signal }, (ids) => {
      tally.shipped += ids.length
      reported.shipped.push(...ids)
    })

  const driving = vans.map((client, n) => orStopAll(onTheRoad(client, n)))
  const dockOf = (n: number) => docks[n % docks.length] as string
  await Promise.all(desks.map((client, n) => orStopAll(atDesk({ client, shop, dock: dockOf(n), tally, signal }))))
  await orStopAll(office.dosync((tx) => tx.set(shop.closed, true), { signal }))
  await Promise.all(driving)
  signal.throwIfAborted()
  const taken = Math.min(next, orders.length)
  return { taken: orders.slice(0, taken), untaken: orders.slice(taken), reported }
}

async function opinionOf(client: Avout, name: string, shop: Shop, keys: Keys): Promise<Evidence['clients'][number]> {
  const state = digest(await readState(client, shop, keys))
  const { position } = await client.health()
  return { name, position, digest: state }
}

function openingStock(orders: readonly FileOrder[]): Map<string, number> {
  const asked = new Map<string, number>()
  for (const { lines } of orders) {
    for (const { sku, quantity } of lines) asked.set(sku, (asked.get(sku) ?? 0) + quantity)
  }
  return new Map([...asked].map(([sku, units]) => [sku, Math.ceil(units * openingShare)]))
}
