import type { Avout, RefKey, Tx } from '@avout/core'
import { Patience } from './patience.js'
import type { Order, Shop } from './shop.js'
import type { Tally } from './tally.js'

export interface Van {
  readonly client: Avout
  readonly shop: Shop
  readonly dock: string
  readonly tally: Tally
  readonly signal: AbortSignal
}

/**
 * Loads what is paid and waits on the dock, express first; sleeps while there is nothing; ends when the shop has closed.
 * `unheard` is called where a load may have left without being told of.
 */
export async function drive(van: Van, shipped: (ids: readonly string[]) => void, unheard: () => void): Promise<void> {
  const patience = new Patience(van.signal)
  for (;;) {
    try {
      const ids = await ship(van)
      if (ids === null) return
      shipped(ids)
      patience.restored()
    } catch (error) {
      await patience.after(error)
      unheard()
    }
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
