import type { Evidence } from '../audit.js'
import type { Order } from '../shop.js'

/**
 * Each paid order was confirmed once. A number is the mailer's state when the letter was written: a letter may be on paper twice,
 * but with the same number and the same key, and no number may belong to two letters.
 */
export function lettersFaults({ letters, state }: Pick<Evidence, 'letters' | 'state'>): string[] {
  const { mail } = state
  const paid = [...state.orders.values()].filter(isPaid)
  const due = paid.reduce((sum, order) => sum + (order?.total ?? 0), 0)
  const different = [...new Map(letters.map((letter) => [JSON.stringify(letter), letter])).values()]
  const faults: string[] = []
  if (mail.letters !== paid.length) faults.push(`${paid.length} orders were paid, but ${mail.letters} were confirmed`)
  if (mail.cents !== due) faults.push(`${due} cents were paid, but ${mail.cents} were confirmed`)

  const numbers = countBy(different, ({ number }) => number)
  for (let number = 1; number <= mail.letters; number++) {
    if (numbers.get(number) !== 1) faults.push(`there are ${numbers.get(number) ?? 0} letters of number ${number}`)
  }
  for (const number of numbers.keys()) if (number > mail.letters) faults.push(`letter ${number} does not count`)
  for (const [key, times] of countBy(different, ({ key }) => key)) {
    if (times > 1) faults.push(`the key ${key} was used for ${times} letters`)
  }
  const confirmed = countBy(different, ({ order }) => order)
  for (const [id, order] of state.orders) {
    const expected = isPaid(order) ? 1 : 0
    const times = confirmed.get(id) ?? 0
    if (times !== expected)
      faults.push(`order ${id} is ${order?.status ?? 'missing'}, and was confirmed ${times} times`)
  }
  return faults
}

const isPaid = (order: Order | null): boolean => order?.status === 'paid' || order?.status === 'shipped'

function countBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, number> {
  const counts = new Map<K, number>()
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1)
  return counts
}
