import { type Coordinator, defineFamily, defineRef, type FamilyDefinition, type RefDefinition } from '@avout/core'
import type { Backend } from '@avout/core/backend'
import { defineMailer, type Letter, type Mailer } from './mailer.js'

/** Where a run keeps its things. A ref without a home of its own lives where the coordinator's values live. */
export interface Stores {
  readonly coordinator: Coordinator
  /** The homes beside the coordinator, named below by their ids. */
  readonly backends: readonly Backend<'versions'>[]
  readonly realm: string
  readonly stock?: string
  readonly orders?: string
  readonly payments?: string
}

export interface Line {
  readonly sku: string
  readonly quantity: number
  /** In cents. */
  readonly unitPrice: number
}

export type Status = 'placed' | 'paid' | 'shipped' | 'rejected'

export interface Order {
  readonly id: string
  readonly customer: string
  readonly express: boolean
  readonly lines: readonly Line[]
  /** In cents. */
  readonly total: number
  readonly status: Status
  /** Why it was rejected. */
  readonly reason: string | null
}

export interface Payment {
  readonly order: string
  readonly customer: string
  /** In cents. */
  readonly amount: number
}

/** The refs of the shop, its atom and its agent: declarations only, shared by every client. */
export interface Shop {
  /** Units left, by product. Its validator is what refuses overselling: nobody checks before they take. */
  readonly stock: FamilyDefinition<number>
  readonly orders: FamilyDefinition<Order | null>
  readonly payments: FamilyDefinition<Payment | null>
  /** Paid orders that wait for a van, by dock; the express ones leave first. */
  readonly express: FamilyDefinition<readonly string[]>
  readonly ordinary: FamilyDefinition<readonly string[]>
  /** No more orders will be paid: vans that find nothing to load go home. */
  readonly closed: RefDefinition<boolean>
  /** Written last of all: who watches has seen everything once it sees this. */
  readonly dayEnded: RefDefinition<boolean>
  /** Where the scoreboard hangs: beside the stock. */
  readonly scoresIn: string | undefined
  /** Confirms each payment by a letter. */
  readonly mailer: Mailer
}

/** How many paid orders fit on one dock, of each kind. */
export const dockSize = 16

/** `post` carries the letters of a mailer that is run here. */
export function openShop(stores: Pick<Stores, 'stock' | 'orders' | 'payments'>, post?: (letter: Letter) => void): Shop {
  return {
    stock: defineFamily('/stock', 0, { in: stores.stock, validate: (left) => left >= 0 }),
    orders: defineFamily<Order | null>('/orders', null, { in: stores.orders }),
    payments: defineFamily<Payment | null>('/payments', null, { in: stores.payments }),
    express: defineFamily<readonly string[]>('/docks/express', []),
    ordinary: defineFamily<readonly string[]>('/docks/ordinary', []),
    closed: defineRef('/closed', false),
    dayEnded: defineRef('/day-ended', false),
    scoresIn: stores.stock,
    mailer: defineMailer(post ?? noPost),
  }
}

function noPost(): never {
  throw new Error('the mailer is not run here')
}
