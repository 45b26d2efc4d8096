import assert from 'node:assert/strict'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeRecord } from '../../src/record/decode.js'
import { type EncodableRecord, encodeRealm, encodeTransactions } from '../../src/record/encode.js'
import { RefStates } from '../../src/state/ref-state.js'
import { recordOf } from '../replay/history.js'
import { anyRecord, CLIENT, comparable } from './arbitraries.js'

test('whatever a record holds comes back', () => {
  const states = new RefStates()
  fc.assert(
    fc.property(anyRecord(states), (record) => {
      assert.deepStrictEqual(decodeRecord(encodeTransactions(record), states), comparable(record))
    }),
    { numRuns: 500 },
  )
})

test('equal records are equal bytes, and what is read encodes to the same bytes again', () => {
  const states = new RefStates()
  const again = (record: EncodableRecord): Uint8Array => {
    const read = decodeRecord(encodeTransactions(record), states)
    if (read.kind !== 'transactions') throw new Error(`a record became ${read.kind}`)
    const transactions = read.transactions.map((tx) => {
      if (tx === undefined) return undefined
      const json = (data: unknown) => (data === undefined ? undefined : JSON.stringify(data))
      return { ...tx, writes: tx.writes.map((write) => ({ ...write, json: json(write.data) })) }
    })
    return encodeTransactions({ ...read, transactions })
  }
  fc.assert(
    fc.property(anyRecord(states), (record) => {
      expect(again(record)).toEqual(encodeTransactions(record))
    }),
  )
})

test('a realm comes back', () => {
  const realm = { kind: 'realm', window: 2_048, inlineLimit: 0 } as const
  expect(decodeRecord(encodeRealm(realm), new RefStates())).toEqual(realm)
})

test('a version of a client whose name begins like ours is not taken for ours', () => {
  const states = new RefStates()
  const longer = `${CLIENT}0.1.0`
  const tx = { reads: [['/x', longer]], ranges: [['a', 'b', longer]] } as const
  const record = recordOf(states, { client: CLIENT, number: 1, s: 0, h: '', txs: [tx] })
  const read = decodeRecord(encodeTransactions(record), states)
  expect(read).toMatchObject({ transactions: [{ reads: [{ version: longer }], ranges: [{ version: longer }] }] })
})

test('records larger than the buffer, and small ones after them', () => {
  const states = new RefStates()
  for (const size of [1, 65_000, 66_000, 1_000_000, 3]) {
    for (const text of ['x'.repeat(size), 'é'.repeat(size), `${'x'.repeat(size)}😀`, '\uD800'.repeat(size)]) {
      const record = recordOf(states, { client: CLIENT, number: 1, s: 0, h: '', txs: [{ writes: [['/x', '']] }] })
      const [transaction] = record.transactions
      const write = { ...transaction?.writes[0], data: text, json: JSON.stringify(text) }
      const bytes = encodeTransactions({
        ...record,
        transactions: [{ ...transaction, writes: [write] }],
      } as EncodableRecord)
      expect(decodeRecord(bytes, states)).toMatchObject({ transactions: [{ writes: [{ data: text }] }] })
    }
  }
})

test('an encoding that throws leaves nothing to the next one', () => {
  const states = new RefStates()
  const record = recordOf(states, { client: CLIENT, number: 1, s: 0, h: '', txs: [{ writes: [['/x', '']] }] })
  const expected = encodeTransactions(record)
  const [transaction] = record.transactions
  const steps = [{ name: 'add', version: 0, argument: 1n }]
  const operation = { state: states.of('/y'), home: '', existed: false, initial: 0, attested: null, steps }
  const broken = {
    ...record,
    transactions: [{ ...transaction, operations: [operation] }],
  } as unknown as EncodableRecord
  expect(() => encodeTransactions(broken)).toThrow(TypeError)
  expect(encodeTransactions(record)).toEqual(expected)
})
