import type { Avout } from '@avout/core'
import type { Paper } from './paper.js'
import type { Shop } from './shop.js'

export interface Teller {
  readonly client: Avout
  readonly shop: Shop
  readonly paper: Paper
  readonly name: string
  readonly signal?: AbortSignal
}

/** What one teller found in the till. */
export interface Count {
  readonly by: string
  /** The fencing token of the lock. */
  readonly token: number
  readonly payments: number
  readonly cents: number
}

/** The till's roll: every count is a line at its beginning, and one at its end. */
export type RollLine =
  | { readonly begins: number; readonly by: string }
  | { readonly ends: number; readonly count: Count }

/** Milliseconds that the till is locked for after a teller was killed. */
const lease = 3_000

/**
 * Counts the till, and writes it down on the roll. The roll is outside of Avout, so a lock keeps tellers apart. Rejects as
 * `withLock` does: also where the lock was lost on the way, and then the count has no end on the roll.
 */
export function countTill({ client, shop, paper, name, signal }: Teller): Promise<Count> {
  return client.lock('/till').withLock(
    async (held) => {
      const { token } = held
      paper.write('till', { begins: token, by: name } satisfies RollLine)
      const payments = await client.read((tx) => tx.entries(shop.payments), { signal })
      const cents = payments.reduce((sum, [, payment]) => sum + (payment?.amount ?? 0), 0)
      held.signal.throwIfAborted()
      const count = { by: name, token, payments: payments.length, cents }
      paper.write('till', { ends: token, count } satisfies RollLine)
      return count
    },
    { lease, signal },
  )
}

export const described = ({ by, token, payments, cents }: Count): string =>
  `till counted by ${by}: ${money(cents)} in ${payments} payments (lock token ${token})`

const money = (cents: number): string =>
  `${Math.floor(cents / 100).toLocaleString('en')}.${String(cents % 100).padStart(2, '0')}`
