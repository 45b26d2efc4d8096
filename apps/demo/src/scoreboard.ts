import type { Atom, Avout } from '@avout/core'
import type { Shop } from './shop.js'

/** What a desk has done: its orders by how they ended, and the last one of them. */
export interface Score {
  readonly paid: number
  readonly rejected: number
  readonly last: string
}

/** Scores by the names of the desks. */
export type Scores = Readonly<Record<string, Score>>

/** An atom: every desk changes it by itself, in no transaction. */
export const scoreboardOf = (client: Avout, shop: Pick<Shop, 'scoresIn'>): Atom<Scores> =>
  client.atom<Scores>('/scoreboard', {}, { in: shop.scoresIn })

/** Scores an order once, however often a desk says so: it takes one after the other. */
export function score(scores: Scores, desk: string, order: string, end: 'paid' | 'rejected'): Scores {
  const before = scores[desk] ?? { paid: 0, rejected: 0, last: '' }
  if (before.last === order) return scores
  return { ...scores, [desk]: { ...before, [end]: before[end] + 1, last: order } }
}

/** The desk that leads, and with how many orders paid. Undefined before the first. */
export function leaderOf(scores: Scores): readonly [desk: string, paid: number] | undefined {
  const ranked = Object.entries(scores).sort(([, a], [, b]) => b.paid - a.paid)
  return ranked.map(([desk, { paid }]) => [desk, paid] as const)[0]
}
