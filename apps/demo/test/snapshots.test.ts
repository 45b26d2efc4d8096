import { expect, test } from 'vitest'
import type { Status } from '../src/shop.js'
import { faultsIn } from '../src/snapshots.js'
import { goodEvidence } from './evidence.js'

const opening = new Map([['NUT', 5]])

/** The good shop, while order `c` is on its way. */
function shopAt(status: Status) {
  const { state } = goodEvidence()
  const c = state.orders.get('c')
  if (c) state.orders.set('c', { ...c, status })
  if (status === 'placed') {
    state.payments.set('c', null)
    state.mail = { letters: 1, cents: 30 }
  }
  if (status === 'paid') state.waiting.push('c')
  return state
}

const confirmMore = (state: ReturnType<typeof shopAt>) => {
  state.mail = { letters: 3, cents: 50 }
}

test.each<Status>(['placed', 'paid', 'shipped'])('adds up while an order is %s', (status) => {
  expect(faultsIn(shopAt(status), opening)).toEqual([])
})

test.each<[string, (state: ReturnType<typeof shopAt>) => unknown, string]>([
  ['stock that left without an order', (state) => state.stock.set('NUT', -1), 'NUT: of 5, -1 are left and 5 in orders'],
  ['an order without its stock', (state) => state.stock.set('NUT', 2), 'NUT: of 5, 2 are left'],
  ['a payment missing', (state) => state.payments.set('c', null), 'order c is paid, and undefined was paid'],
  ['another amount', (state) => state.payments.set('c', { order: 'c', customer: 'Ola', amount: 1 }), 'and 1 was paid'],
  ['not on a dock', (state) => state.waiting.pop(), 'order c is paid, and does not wait'],
  ['on a dock for nothing', (state) => state.waiting.push('a'), 'order a is shipped, and waits'],
  ['a letter before its payment', (state) => confirmMore(state), '3 payments are confirmed, of 2'],
  ['on a dock twice', (state) => state.waiting.push('c'), 'an order waits twice'],
])('%s is a fault', (_what, change, fault) => {
  const state = shopAt('paid')
  change(state)
  expect(faultsIn(state, opening).join('\n')).toContain(fault)
})
