import type { Evidence } from '../src/audit.js'
import type { Letter, Mail } from '../src/mailer.js'
import type { FileOrder } from '../src/orders-file.js'
import type { Scores } from '../src/scoreboard.js'
import type { Order, Payment, Status } from '../src/shop.js'
import type { RollLine } from '../src/till.js'

const fileOrder = (id: string, quantity: number): FileOrder => ({
  id,
  orderedAt: '2024-03-11T06:00:50Z',
  customer: 'Ola',
  express: false,
  lines: [{ sku: 'NUT', quantity, unitPrice: 10 }],
  total: quantity * 10,
})

const order = ({ orderedAt: _, ...rest }: FileOrder, status: Status, reason: string | null = null): Order => ({
  ...rest,
  status,
  reason,
})

/** A shop that opened with 5 nuts: `a` bought 3, `b` wanted 3 and was rejected, `c` bought 2, `d` was never taken. */
export function goodEvidence() {
  const [a, b, c, d] = [fileOrder('a', 3), fileOrder('b', 3), fileOrder('c', 2), fileOrder('d', 1)] as const
  return {
    taken: [a, b, c],
    untaken: [d],
    opening: new Map([['NUT', 5]]),
    reported: { rejected: ['b'], shipped: ['a', 'c'] },
    unheard: false,
    state: {
      orders: new Map<string, Order | null>([
        ['a', order(a, 'shipped')],
        ['b', order(b, 'rejected', 'out of stock: NUT')],
        ['c', order(c, 'shipped')],
        ['d', null],
      ]),
      payments: new Map<string, Payment | null>([
        ['a', { order: 'a', customer: 'Ola', amount: 30 }],
        ['b', null],
        ['c', { order: 'c', customer: 'Ola', amount: 20 }],
        ['d', null],
      ]),
      stock: new Map([['NUT', 0]]),
      waiting: [] as string[],
      mail: { letters: 2, cents: 50 } as Mail,
    },
    // The second desk was killed behind its letter, and before it had done with its order.
    letters: [
      { number: 1, order: 'a', key: 'k1' },
      { number: 2, order: 'c', key: 'k2' },
      { number: 2, order: 'c', key: 'k2' },
    ] as Letter[],
    scores: {
      'desk-1': { paid: 1, rejected: 1, last: 'b' },
      'desk-2': { paid: 1, rejected: 0, last: 'c' },
    } as Record<string, Scores[string]>,
    // The second teller was killed at work.
    roll: [
      { begins: 3, by: 'van-1' },
      { ends: 3, count: { by: 'van-1', token: 3, payments: 1, cents: 30 } },
      { begins: 4, by: 'van-2' },
      { begins: 7, by: 'office' },
      { ends: 7, count: { by: 'office', token: 7, payments: 2, cents: 50 } },
    ] as RollLine[],
    sightings: {
      orders: new Map<string, Status[]>([
        ['a', ['placed', 'paid', 'shipped']],
        ['b', ['rejected']],
        ['c', ['placed', 'paid', 'shipped']],
        ['d', []],
      ]),
      stock: new Map([['NUT', { changes: 3, left: 0 }]]),
      faults: [] as string[],
    },
    clients: [
      { name: 'office', position: 9, digest: 'x' },
      { name: 'desk-1', position: 9, digest: 'x' },
    ],
  } satisfies Evidence
}
