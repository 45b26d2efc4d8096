import type { ChildProcess } from 'node:child_process'
import { type Avout, connect } from '@avout/core'
import type { Evidence, Seen } from './audit.js'
import { type Crew, docksFor } from './crew.js'
import { LocalCrew } from './local-crew.js'
import { opinionOf } from './opinion.js'
import type { FileOrder } from './orders-file.js'
import { Paper } from './paper.js'
import { ProcessCrew } from './process-crew.js'
import { scoreboardOf } from './scoreboard.js'
import { openShop, type Stores } from './shop.js'
import { Inspector } from './snapshots.js'
import { type Keys, readState } from './state.js'
import type { Located } from './stores/located.js'
import type { Tally } from './tally.js'
import { type Count, countTill, described } from './till.js'
import { Watcher } from './watcher.js'

export interface DayOptions {
  readonly stores: Stores
  /** Where the stores are, for desks in other processes, and for who looks at the shop on the way; absent in memory. */
  readonly located?: Located
  readonly orders: readonly FileOrder[]
  /** Desks. */
  readonly clients: number
  /** Processes that they work in; 1 is this one. */
  readonly processes: number
  readonly tally: Tally
  /** Aborted: no further order is taken, those that were are brought to their end. */
  readonly interrupted: AbortSignal
  readonly say: (line: string) => void
  /** Told of each process that is started, with its number. */
  readonly started?: (child: ChildProcess, number: number) => void
  /** The shop as others than Avout see it, once all of it has been flushed. */
  readonly ownViews?: (keys: Keys, through: Seen) => Promise<Seen>
}

export interface Day {
  readonly evidence: Evidence
  /** Of the orders alone: without connecting and audit. */
  readonly seconds: number
}

/** Below what the orders ask for, so that the popular products run out. */
const openingShare = 0.9
/** How many counts of the till are told of, more or less: more would drown the rest. */
const countsShown = 8

/** One day of the shop, from the opening stock to the evidence that the audit judges. Rejects with the first failure of any client. */
export async function runDay(options: DayOptions): Promise<Day> {
  const { stores, located, tally, processes, clients: desks, say } = options
  const clients = new Map<Avout, string>()
  const join = async (name: string): Promise<Avout> => {
    const { coordinator, backends, realm } = stores
    const client = await connect({ coordinator, backends, realm, name })
    clients.set(client, name)
    tally.listen(client)
    return client
  }
  const docks = docksFor(desks)
  await using paper = await Paper.open()
  try {
    // Processes are started before this one connects: some drivers' connections do not bear being inherited.
    if (processes > 1 && located !== undefined) {
      await using crew = new ProcessCrew({
        located,
        paper,
        docks,
        desks,
        processes,
        tally,
        say,
        started: options.started,
      })
      return await openUntilClose(options, join, docks, paper, clients, async () => crew)
    }
    const shop = openShop(stores, (letter) => paper.write('letters', letter))
    return await openUntilClose(options, join, docks, paper, clients, () =>
      LocalCrew.open({ shop, paper, docks, desks, tally, join }),
    )
  } finally {
    await Promise.all([...clients.keys()].map((client) => client.close()))
  }
}

async function openUntilClose(
  options: DayOptions,
  join: (name: string) => Promise<Avout>,
  docks: readonly string[],
  paper: Paper,
  clients: ReadonlyMap<Avout, string>,
  hire: () => Promise<Crew>,
): Promise<Day> {
  const { orders, say, tally, interrupted } = options
  const shop = openShop(options.stores)
  const opening = openingStock(orders)
  const keys: Keys = { orders: orders.map(({ id }) => id), skus: [...opening.keys()], docks }

  const office = await join('office')
  const watcher = new Watcher(await join('watcher'), shop, keys, tally, (sku) => say(`sold out: ${sku}`))
  const own = [...clients]
  const crew = await hire()
  await office.dosync((tx) => {
    for (const [sku, units] of opening) tx.set(shop.stock(sku), units)
  })

  await using inspector =
    options.located === undefined ? undefined : new Inspector(await join('inspector'), shop, keys, opening)
  const started = performance.now()
  const work = await crew.work({
    orders,
    interrupted,
    closeShop: async (signal) => {
      await office.dosync((tx) => tx.set(shop.closed, true), { signal })
      await office.agent(shop.mailer).settled({ signal })
    },
    counted: countsTold(tally, orders.length / countsShown, say),
  })
  await countTill({ client: office, shop, paper, name: 'office' })
  const seconds = (performance.now() - started) / 1000

  await office.dosync((tx) => tx.set(shop.dayEnded, true))
  await inspector?.end()
  await watcher.caughtUp(10_000)
  const latecomer = await join('latecomer')
  const there: Seen = {
    state: await readState(office, shop, keys),
    scores: await scoreboardOf(office, shop).deref(),
  }
  await latecomer.flush()
  const seen = await options.ownViews?.(keys, there)
  own.push([latecomer, 'latecomer'])
  const opinions = await Promise.all([
    ...own.map(([client, name]) => opinionOf(client, name, shop, keys)),
    crew.opinions(keys),
  ])
  return {
    seconds,
    evidence: {
      ...work,
      ...there,
      opening,
      letters: await paper.read('letters'),
      roll: await paper.read('till'),
      seen,
      snapshots: inspector,
      sightings: watcher,
      clients: opinions.flat(),
    },
  }
}

/** Tells of a count when there are so many more payments than at the last one that was told of. */
function countsTold(tally: Tally, step: number, say: (line: string) => void): (count: Count) => void {
  let next = 1
  return (count) => {
    tally.counts++
    tally.token = Math.max(tally.token, count.token)
    if (count.payments < next) return
    next = count.payments + step
    say(described(count))
  }
}

function openingStock(orders: readonly FileOrder[]): Map<string, number> {
  const asked = new Map<string, number>()
  for (const { lines } of orders) {
    for (const { sku, quantity } of lines) asked.set(sku, (asked.get(sku) ?? 0) + quantity)
  }
  return new Map([...asked].map(([sku, units]) => [sku, Math.ceil(units * openingShare)]))
}
