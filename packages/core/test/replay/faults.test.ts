import { expect, test } from 'vitest'
import { isInWindow, type Past, recordFault, transactionConflict } from '../../src/replay/verdict.js'
import { RefStates } from '../../src/state/ref-state.js'
import { type RecordSpec, recordOf } from './history.js'

/** A past in which everything has happened already. */
const past: Past = {
  window: 4,
  hashAt: (position) => `H${position}`,
  isRepeated: (client) => client === 'repeated',
  isIdTaken: () => true,
  lastExistenceChange: () => undefined,
}

const record = (spec: Partial<RecordSpec> & { s: number }) =>
  recordOf(new RefStates(), { number: 1, h: `H${spec.s}`, txs: [], ...spec })

test.each([
  { s: 5, fault: 'window' },
  { s: 6, fault: undefined },
  { s: 9, fault: undefined },
  { s: 10, fault: 'window' },
])('a record built at $s and appended at 10: $fault', ({ s, fault }) => {
  expect(recordFault(record({ s }), 10, past)).toBe(fault)
  expect(isInWindow(record({ s }), 10, past)).toBe(fault === undefined)
})

test('where it lies is asked first, then whether it came before, then its hash', () => {
  expect(recordFault(record({ s: 5, client: 'repeated', h: 'other' }), 10, past)).toBe('window')
  expect(recordFault(record({ s: 6, client: 'repeated', h: 'other' }), 10, past)).toBe('repeated')
  expect(recordFault(record({ s: 6, h: 'other' }), 10, past)).toBe('hash')
})

test('only an id that a user gave can be taken', () => {
  const conflictOf = (id: string | number) => {
    const { transactions } = record({ s: 9, txs: [{ id }] })
    const [transaction] = transactions
    return transaction && transactionConflict(transaction, 9, 10, past)
  }
  expect(conflictOf('pay')).toEqual({ on: 'pay', rival: undefined })
  expect(conflictOf('')).toEqual({ on: '', rival: undefined })
  expect(conflictOf(5)).toBeUndefined()
})
