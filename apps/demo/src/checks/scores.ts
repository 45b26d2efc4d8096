import type { Evidence } from '../audit.js'

/** The desks' scores add up to the orders: no change of the atom got lost, and none was made twice. */
export function scoresFaults({ scores, state }: Pick<Evidence, 'scores' | 'state'>): string[] {
  const orders = [...state.orders.values()].filter((order) => order !== null)
  const rejected = orders.filter(({ status }) => status === 'rejected').length
  const there = { paid: orders.length - rejected, rejected }
  return (['paid', 'rejected'] as const).flatMap((end) => {
    const scored = Object.values(scores).reduce((sum, score) => sum + score[end], 0)
    return scored === there[end] ? [] : [`${there[end]} orders are ${end}, but the desks scored ${scored}`]
  })
}
