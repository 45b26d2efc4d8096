import type { Avout, RefKey, Tx } from '@avout/core'
import type { Paper } from './paper.js'
import { Patience } from './patience.js'
import type { Order, Shop } from './shop.js'
import type { Tally } from './tally.js'
import { type Count, countTill } from './till.js'

export interface Van {
  readonly client: Avout
  readonly shop: Shop
  readonly dock: string
  readonly name: string
  readonly paper: Paper
  readonly tally: Tally
  readonly signal: AbortSignal
}

/** What a van tells. */
export interface Heard {
  readonly shipped: (ids: readonly string[]) => void
  /** A load may have left without being told of. */
  readonly unheard: () => void
  readonly counted: (count: Count) => void
}

/** Loads between two counts of the till by one driver. */
const loadsPerCount = 16

/**
 * Loads what is paid and waits on the dock, express first; sleeps while there is nothing; ends when the shop has closed. Now and
 * then the driver counts the till.
 */
export async function drive(van: Van, heard: Heard): Promise<void> {
  const patience = new Patience(van.signal)
  for (let loads = 1; ; loads++) {
    try {
      const ids = await ship(van)
      if (ids === null) return
      heard.shipped(ids)
      patience.restored()
    } catch (error) {
      await patience.after(error)
      heard.unheard()
    }
    if (loads % loadsPerCount === 0) await countInPeace(van, heard.counted)
  }
}

/** A count that a store's absence spoils is left to the next driver. */
async function countInPeace(van: Van, counted: (count: Count) => void): Promise<void> {
  try {
    counted(await countTill(van))
  } catch (error) {
    await new Patience(van.signal).after(error)
  }
}

/** One load, as one transaction. Null when the shop has closed and the dock is empty. */
function ship({ client, shop, dock, tally, signal }: Van): Promise<readonly string[] | null> {
  const goHome = async (tx: Tx): Promise<null> => {
    if (await tx.get(shop.closed)) return null
    tally.waited()
    return tx.retry()
  }
  const ordinaryOrNothing = (tx: Tx) => tx.orElse(load(shop.ordinary(dock)), goHome)
  return client.dosync(
    async (tx) => {
      const ids = await tx.orElse(load(shop.express(dock)), ordinaryOrNothing)
      for (const id of ids ?? []) await tx.alter(shop.orders(id), asShipped, id)
      return ids
    },
    { label: `ship from dock ${dock}`, signal },
  )
}

const load =
  (queue: RefKey<readonly string[]>) =>
  async (tx: Tx): Promise<readonly string[]> => {
    const ids = await tx.get(queue)
    if (ids.length === 0) return tx.retry()
    tx.set(queue, [])
    return ids
  }

function asShipped(order: Order | null, id: string): Order {
  if (order?.status !== 'paid') throw new Error(`order ${id} is ${order?.status ?? 'lost'}, yet it waits on a dock`)
  return { ...order, status: 'shipped' }
}
