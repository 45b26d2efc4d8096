import type { Avout } from '@avout/core'
import { isPassing } from './patience.js'
import type { Shop } from './shop.js'
import { type Keys, readState, type ShopState, unitsBySku } from './state.js'

/** What was seen of the shop while all were at work. */
export interface Snapshots {
  readonly count: number
  /** What did not add up, in a snapshot on the way. */
  readonly faults: readonly string[]
}

/** Milliseconds between two of them. */
const pace = 200
const mostFaults = 20

/** Reads the whole shop again and again, in a transaction each time, and does the sums. */
export class Inspector implements Snapshots, AsyncDisposable {
  count = 0
  readonly faults: string[] = []
  readonly #ended = new AbortController()
  readonly #looking: Promise<void>

  constructor(client: Avout, shop: Shop, keys: Keys, opening: ReadonlyMap<string, number>) {
    this.#looking = this.#look(client, shop, keys, opening)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.end()
  }

  /** Ends it after a last look. */
  async end(): Promise<void> {
    this.#ended.abort()
    await this.#looking
  }

  async #look(client: Avout, shop: Shop, keys: Keys, opening: ReadonlyMap<string, number>): Promise<void> {
    const { signal } = this.#ended
    for (let last = false; !last && this.faults.length < mostFaults; ) {
      last = signal.aborted
      try {
        this.faults.push(...faultsIn(await readState(client, shop, keys), opening))
        this.count++
      } catch (error) {
        // A store is away: there is nothing to look at for a while.
        if (!isPassing(error)) this.faults.push(String(error))
      }
      if (!last) await pauseOf(pace, signal)
    }
  }
}

/** At every moment: what left the stock is in an order, who paid is the one who had to, and what waits is what is paid; no letter comes before its payment. */
export function faultsIn(state: ShopState, opening: ReadonlyMap<string, number>): string[] {
  const faults: string[] = []
  const sold = unitsBySku(state, 'placed', 'paid', 'shipped')
  for (const [sku, units] of opening) {
    const [left, gone] = [state.stock.get(sku) ?? 0, sold.get(sku) ?? 0]
    if (left < 0 || left + gone !== units) faults.push(`${sku}: of ${units}, ${left} are left and ${gone} in orders`)
  }
  const waiting = new Set(state.waiting)
  if (waiting.size !== state.waiting.length) faults.push('an order waits twice')
  for (const [id, order] of state.orders) {
    const isPaid = order?.status === 'paid' || order?.status === 'shipped'
    const paid = state.payments.get(id)?.amount
    if (paid !== (isPaid ? order.total : undefined))
      faults.push(`order ${id} is ${order?.status}, and ${paid} was paid`)
    if (waiting.has(id) !== (order?.status === 'paid')) {
      faults.push(`order ${id} is ${order?.status}, and ${waiting.has(id) ? 'waits' : 'does not wait'} on a dock`)
    }
  }
  const paid = [...state.payments.values()].filter((payment) => payment !== null).length
  if (state.mail.letters > paid) faults.push(`${state.mail.letters} payments are confirmed, of ${paid}`)
  return faults
}

function pauseOf(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end)
    if (signal.aborted) end()
  })
}
