import { expect, test } from 'vitest'
import { audit, auditSeen, passed } from '../src/audit.js'
import type { Mail } from '../src/mailer.js'
import type { Score } from '../src/scoreboard.js'
import type { Order } from '../src/shop.js'
import type { RollLine } from '../src/till.js'
import { goodEvidence } from './evidence.js'

type Good = ReturnType<typeof goodEvidence>

test('a good day passes', () => {
  expect(audit(goodEvidence()).flatMap(({ faults }) => faults)).toEqual([])
  expect(passed(audit(goodEvidence()))).toBe(true)
})

const change = (evidence: Good, id: string, by: Partial<Order>) => {
  evidence.state.orders.set(id, { ...(evidence.state.orders.get(id) as Order), ...by })
}

const score = (evidence: Good, desk: string, by: Partial<Score>) => {
  evidence.scores[desk] = { ...(evidence.scores[desk] as Score), ...by }
}

const mail = (evidence: Good, by: Partial<Mail>) => {
  evidence.state.mail = { ...evidence.state.mail, ...by }
}

/** A further letter, which the mailer counts. */
const confirm = (evidence: Good, order: string, key: string) => {
  mail(evidence, { letters: 3 })
  evidence.letters.push({ number: 3, order, key })
}

const ended = (token: number, payments = 2): RollLine => ({
  ends: token,
  count: { by: 'van-1', token, payments, cents: payments * 25 },
})

/** Each falsifies one thing; the audit has to name it, in the check that is about it. */
const falsified: [what: string, falsify: (evidence: Good) => unknown, check: string, fault: string][] = [
  ['an order lost', (e) => e.state.orders.set('a', null), 'exactly once', 'order a is missing'],
  ['an order stuck', (e) => change(e, 'a', { status: 'paid' }), 'exactly once', 'order a is paid'],
  ['shipped twice', (e) => e.reported.shipped.push('a'), 'exactly once', 'reported 2 times shipped'],
  [
    'shipped in silence',
    (e) => e.reported.shipped.pop(),
    'exactly once',
    'order c is shipped, but was reported 0 times',
  ],
  ['rejected and shipped', (e) => e.reported.rejected.push('a'), 'exactly once', '1 times shipped, 1 times rejected'],
  ['no reason', (e) => change(e, 'b', { reason: null }), 'exactly once', 'order b is rejected without a reason'],
  ['out of nowhere', (e) => e.reported.shipped.push('z'), 'exactly once', 'order z is in no file'],
  ['left on a dock', (e) => e.state.waiting.push('c'), 'exactly once', 'order c still waits'],
  ['not taken, yet there', (e) => change(e, 'd', { status: 'placed' }), 'exactly once', 'order d was never taken'],
  ['another customer', (e) => change(e, 'a', { customer: 'Zoë' }), 'what the file says', 'order a:'],
  ['another price', (e) => change(e, 'a', { total: 31 }), 'what the file says', 'order a:'],
  ['a unit gone', (e) => e.opening.set('NUT', 6), 'stock: ', 'NUT: opened with 6, but 0 are left and 5 were shipped'],
  ['a unit too many', (e) => e.state.stock.set('NUT', 1), 'stock: ', 'NUT: opened with 5, but 1 are left'],
  ['oversold', (e) => e.state.stock.set('NUT', -1), 'stock: ', 'NUT: -1 left'],
  ['rejected for nothing', (e) => e.state.stock.set('NUT', 3), 'could be served', 'order b was rejected'],
  ['not paid', (e) => e.state.payments.set('a', null), 'payments', 'order a: 0 cents paid, 30 due'],
  [
    'a rejected order paid',
    (e) => e.state.payments.set('b', { order: 'b', customer: 'Ola', amount: 30 }),
    'payments',
    'order b: 30 cents paid, 0 due',
  ],
  [
    'paid by another',
    (e) => e.state.payments.set('a', { order: 'a', customer: 'Zoë', amount: 30 }),
    'payments',
    'order a: paid by Zoë',
  ],
  ['a score lost', (e) => score(e, 'desk-2', { paid: 0 }), 'scoreboard', '2 orders are paid, but the desks scored 1'],
  ['a score twice', (e) => score(e, 'desk-1', { rejected: 2 }), 'scoreboard', '1 orders are rejected, but'],
  ['a desk gone', (e) => delete e.scores['desk-2'], 'scoreboard', 'the desks scored 1'],
  ['nobody at the till', (e) => e.roll.splice(0), 'till', 'nobody counted'],
  [
    'two tellers at once',
    (e) => e.roll.push({ begins: 8, by: 'van-1' }, { begins: 9, by: 'van-2' }, ended(8), ended(9)),
    'till',
    'van-1 counted under token 8 while token 9 did',
  ],
  ['a token twice', (e) => e.roll.push({ begins: 7, by: 'van-1' }, ended(7)), 'till', 'under token 7, after token 7'],
  ['a token going back', (e) => e.roll.push({ begins: 6, by: 'van-1' }), 'till', 'under token 6, after token 7'],
  ['a count short', (e) => e.roll.push({ begins: 8, by: 'van-1' }, ended(8, 1)), 'till', 'after 50 had been there'],
  ['the last count wrong', (e) => e.state.payments.set('c', null), 'till', 'the last count is 50 cents in 2 payments'],
  ['a letter gone', (e) => e.letters.shift(), 'mailer', 'there are 0 letters of number 1'],
  ['a letter twice', (e) => confirm(e, 'a', 'k1'), 'mailer', 'order a is shipped, and was confirmed 2 times'],
  ['a key twice', (e) => confirm(e, 'a', 'k1'), 'mailer', 'the key k1 was used for 2 letters'],
  ['a rejected order confirmed', (e) => confirm(e, 'b', 'k3'), 'mailer', 'order b is rejected, and was confirmed 1'],
  [
    'one number for two letters',
    (e) => e.letters.push({ number: 2, order: 'a', key: 'k3' }),
    'mailer',
    'there are 2 letters of number 2',
  ],
  ['a letter uncounted', (e) => mail(e, { letters: 1 }), 'mailer', '2 orders were paid, but 1 were confirmed'],
  ['a letter beyond', (e) => mail(e, { letters: 1 }), 'mailer', 'letter 2 does not count'],
  ['cents amiss', (e) => mail(e, { cents: 20 }), 'mailer', '50 cents were paid, but 20 were confirmed'],
  ['a change missed', (e) => e.sightings.orders.get('a')?.splice(1, 1), 'watcher', 'saw: placed, shipped'],
  ['a change seen twice', (e) => e.sightings.orders.get('b')?.push('rejected'), 'watcher', 'saw: rejected, rejected'],
  ['an order unseen', (e) => e.sightings.orders.delete('b'), 'watcher', 'saw: nothing'],
  ['stock seen once too often', (e) => e.sightings.stock.set('NUT', { changes: 4, left: 0 }), 'watcher', 'saw 4'],
  ['stock seen wrong', (e) => e.sightings.stock.set('NUT', { changes: 3, left: 1 }), 'watcher', 'saw 1'],
  ['a gap', (e) => e.sightings.faults.push('a gap'), 'watcher', 'a gap'],
  [
    'a client behind',
    (e) => e.clients.push({ name: 'van', position: 8, digest: 'x' }),
    'agree',
    'van is at position 8',
  ],
  [
    'a client astray',
    (e) => e.clients.push({ name: 'van', position: 9, digest: 'y' }),
    'agree',
    'van sees another shop',
  ],
  ['one client alone', (e) => e.clients.pop(), 'agree', 'fewer than two'],
]

test.each(falsified)('%s fails it', (_what, falsify, check, fault) => {
  const evidence = goodEvidence()
  falsify(evidence)
  const checks = audit(evidence)
  expect(passed(checks)).toBe(false)
  expect(checks.find(({ name }) => name.includes(check))?.faults.join('\n')).toContain(fault)
})

test('a load that could not be told of is no fault where one may be missing; told twice it is', () => {
  const evidence = { ...goodEvidence(), unheard: true }
  evidence.reported.shipped.pop()
  expect(passed(audit(evidence))).toBe(true)
  evidence.reported.shipped.push('a')
  expect(passed(audit(evidence))).toBe(false)
})

test('snapshots on the way are a check of their own: none at all fails it', () => {
  const withSnapshots = (count: number, faults: string[]) =>
    passed(audit({ ...goodEvidence(), snapshots: { count, faults } }))
  expect([withSnapshots(3, []), withSnapshots(3, ['NUT']), withSnapshots(0, [])]).toEqual([true, false, false])
})

const seen = (change: (state: Good['state'], scores: Good['scores']) => unknown) => {
  const { state, scores } = goodEvidence()
  change(state, scores)
  return auditSeen({ ...goodEvidence(), seen: { state, scores } })
}

test('what the stores show is judged by itself, and against what Avout reads', () => {
  expect(auditSeen(goodEvidence())).toEqual([])
  expect(passed(seen(() => undefined))).toBe(true)
  // Well in itself, and yet not what Avout reads.
  const another = seen((state) => {
    for (const [id, order] of state.orders)
      if (order?.status === 'rejected') state.orders.set(id, { ...order, reason: '?' })
  })
  expect(another.filter(({ faults }) => faults.length > 0).map(({ name }) => name)).toEqual([
    'the stores hold what Avout reads',
  ])
  expect(passed(seen((state) => state.payments.set('a', null)))).toBe(false)
  expect(passed(seen((state) => state.waiting.push('a')))).toBe(false)
  expect(passed(seen((_state, scores) => delete scores['desk-2']))).toBe(false)
  // Adds up, and yet not what Avout reads.
  const renamed = seen((_state, scores) => {
    scores['desk-3'] = scores['desk-2'] as Score
    delete scores['desk-2']
  })
  expect(renamed.filter(({ faults }) => faults.length > 0).map(({ name }) => name)).toEqual([
    'the stores hold what Avout reads',
  ])
})
