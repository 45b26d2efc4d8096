import type { Avout, Change } from '@avout/core'
import { scoreboardOf } from './scoreboard.js'
import type { Order, Shop, Status } from './shop.js'
import type { Keys } from './state.js'
import type { Tally } from './tally.js'

/** What a watcher saw, to be held against what is there. */
export interface Sightings {
  /** Every status of an order, in the order seen. */
  readonly orders: ReadonlyMap<string, readonly Status[]>
  /** How often a product's stock changed, and what it was last. */
  readonly stock: ReadonlyMap<string, { readonly changes: number; readonly left: number }>
  /** Changes missed, seen twice or out of order. */
  readonly faults: readonly string[]
}

/** Follows every order, all stock, the mailer and the scoreboard from a client of its own. It has to be started before the first change. */
export class Watcher implements Sightings {
  readonly orders = new Map<string, Status[]>()
  readonly stock = new Map<string, { changes: number; left: number }>()
  readonly faults: string[] = []
  readonly #positions = new Map<string, number>()
  readonly #dayEnded: Promise<void>

  constructor(
    client: Avout,
    shop: Shop,
    { orders, skus }: Pick<Keys, 'orders' | 'skus'>,
    tally: Pick<Tally, 'letters' | 'scores'>,
    soldOut: (sku: string) => void,
  ) {
    client.agent(shop.mailer).addWatch('shop', (_key, mailer, old, mail, change) => {
      this.#follow(mailer, change)
      if (mail.letters !== old.letters + 1) this.faults.push(`letter ${mail.letters} came after letter ${old.letters}`)
      tally.letters = mail.letters
    })
    // Of an atom it is told what there is, not each step to it.
    scoreboardOf(client, shop).addWatch('shop', (_key, _board, _old, scores) => {
      tally.scores = scores
    })
    for (const id of orders) {
      this.orders.set(id, [])
      client.ref(shop.orders(id)).addWatch('shop', (_key, ref, old, order, change) => {
        this.#follow(ref, change)
        this.#order(id, old, order)
      })
    }
    for (const sku of skus) {
      this.stock.set(sku, { changes: 0, left: 0 })
      client.ref(shop.stock(sku)).addWatch('shop', (_key, ref, old, left, change) => {
        this.#follow(ref, change)
        this.#stock(sku, old, left)
        if (left === 0) soldOut(sku)
      })
    }
    this.#dayEnded = new Promise((resolve) => {
      client.ref(shop.dayEnded).addWatch('shop', () => resolve())
    })
  }

  /** Resolves once it has seen the last change of the day, and with it all before; after `ms` it notes that it never did. */
  async caughtUp(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        this.faults.push(`the end of the day was not seen within ${ms} ms`)
        resolve()
      }, ms)
    })
    await Promise.race([this.#dayEnded, late])
    clearTimeout(timer)
  }

  #follow({ name }: { readonly name: string }, { position, resync }: Change<unknown>): void {
    const before = this.#positions.get(name) ?? 0
    if (resync) this.faults.push(`${name}: changes before position ${position} were missed`)
    if (position < before) this.faults.push(`${name}: position ${position} seen after ${before}`)
    this.#positions.set(name, position)
  }

  #order(id: string, old: Order | null, order: Order | null): void {
    const seen = this.orders.get(id)
    const last = seen?.at(-1) ?? 'nothing'
    if ((old?.status ?? 'nothing') !== last)
      this.faults.push(`order ${id}: was ${last}, then changed from ${old?.status}`)
    if (order === null) this.faults.push(`order ${id} vanished`)
    else seen?.push(order.status)
  }

  #stock(sku: string, old: number, left: number): void {
    const seen = this.stock.get(sku) ?? { changes: 0, left: 0 }
    if (old !== seen.left) this.faults.push(`stock of ${sku}: was ${seen.left}, then changed from ${old}`)
    this.stock.set(sku, { changes: seen.changes + 1, left })
  }
}
