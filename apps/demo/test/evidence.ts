import type { Evidence } from '../src/audit.js'
import type { FileOrder } from '../src/orders-file.js'
import type { Order, Payment, Status } from '../src/shop.js'

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
    },
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
