import type { Evidence } from './audit.js'
import type { FileOrder } from './orders-file.js'
import type { Keys } from './state.js'
import type { Count } from './till.js'

/** The orders of a day, and who may stop it. */
export interface Assigned {
  readonly orders: readonly FileOrder[]
  /** Aborted: no further order is taken, those that were are brought to their end. */
  readonly interrupted: AbortSignal
  /** No more orders will be paid: vans that find nothing to load go home. Resolves when every payment has been confirmed, too. */
  readonly closeShop: (signal: AbortSignal) => Promise<void>
  /** Told of every count of the till. */
  readonly counted: (count: Count) => void
}

export type Work = Pick<Evidence, 'taken' | 'untaken' | 'reported' | 'unheard'>

/** Desks, vans and the mailer, wherever they run. */
export interface Crew extends AsyncDisposable {
  /** Desks take the orders in their order, vans drive until the desks are done. Rejects with the first failure, which stops all. */
  work(day: Assigned): Promise<Work>
  /** What each of its connections says of the shop at the end. */
  opinions(keys: Keys): Promise<Evidence['clients']>
}

/** Desks a dock: fewer vans than desks, so that docks fill up and desks wait too. */
const desksPerDock = 2

/** The docks of so many desks, each with a van of its own. */
export const docksFor = (desks: number): readonly string[] =>
  Array.from({ length: Math.ceil(desks / desksPerDock) }, (_, n) => `dock-${n + 1}`)

/** Names of desks and vans, which are counted from 0. */
export const deskName = (n: number): string => `desk-${n + 1}`
export const vanName = (n: number): string => `van-${n + 1}`

/** The dock of a desk, both counted from 0. */
export const dockOf = (desk: number, docks: readonly string[]): string => docks[desk % docks.length] as string
