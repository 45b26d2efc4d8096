import { expect, test } from 'vitest'
import { decodeRecord } from '../../src/record/decode.js'
import { encodeTransactions } from '../../src/record/encode.js'
import { RefStates } from '../../src/state/ref-state.js'
import { recordOf } from '../replay/history.js'
import { bytesOf, valid, withAt } from './broken.js'

const DEPTH = 100_000
const deep = {
  lists: ['['.repeat(DEPTH), ']'.repeat(DEPTH)],
  objects: ['{"a":'.repeat(DEPTH), `1${'}'.repeat(DEPTH)}`],
} as const

/** The bytes of `json` with something very deep in place of "HERE". */
function deepAt(json: unknown, [open, close]: readonly [string, string]): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(json).replace('"HERE"', () => open + close))
}

test.each(Object.entries(deep))('%s that nest very deep', (_, brackets) => {
  const kindWith = (json: unknown) => decodeRecord(deepAt(json, brackets), new RefStates()).kind
  for (const path of [[], ['h'], ['b'], ['t'], ['t', 0], ['t', 0, 1], ['t', 0, 2], ['t', 0, 3], ['t', 0, 3, 'r']]) {
    if (brackets === deep.objects && path.at(-1) === 3) continue // parts of a newer version
    expect([path, kindWith(withAt(valid(), path, 'HERE'))]).toEqual([path, 'malformed'])
  }
  expect(kindWith(withAt(valid(), ['t', 0, 2, 0, 4], 'HERE'))).toBe('transactions') // a value: its reader refuses it
  expect(kindWith(withAt(valid(), ['t', 0, 3, 'o', 1, 6, 2], 'HERE'))).toBe('transactions')
})

test('many small parts', () => {
  const many = Array.from({ length: 100_000 }, () => 0)
  expect(decodeRecord(bytesOf({ ...valid(), t: many }), new RefStates()).kind).toBe('transactions')
  expect(decodeRecord(bytesOf({ ...valid(), t: [...many, 1] }), new RefStates()).kind).toBe('malformed')
})

test('names and keys that mean something to objects are names and keys', () => {
  const states = new RefStates()
  const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty']
  const value = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'
  const json = withAt(
    valid(),
    ['t', 0, 1],
    names.flatMap((name) => [name, '.1.0']),
  )
  const bytes = new TextEncoder().encode(JSON.stringify(json).replace('{"any":["thing"]}', value))
  const record = decodeRecord(bytes, states)
  const [transaction] = record.kind === 'transactions' ? record.transactions : []
  expect(transaction?.reads.map(({ state }) => state)).toEqual(names.map((name) => states.of(name)))
  expect(transaction?.reads.map(({ state }) => state.name)).toEqual(names)
  expect(JSON.stringify(transaction?.writes[0]?.data)).toBe(value)
  expect(Object.keys(transaction?.writes[0]?.data ?? {})).toEqual(['__proto__', 'constructor'])
  expect({}).not.toHaveProperty('polluted')
})

test("another client's name cannot get out of its quotes into a record of ours", () => {
  for (const c of ['x"y', 'x\\', '*x', '.x', 'x.1', '', 'é', 'x\n']) {
    expect([c, decodeRecord(bytesOf({ ...valid(), c }), new RefStates()).kind]).toEqual([c, 'malformed'])
  }
  const states = new RefStates()
  const read = { number: 1, s: 0, h: '', txs: [{ reads: [['/x', 'anybody.1.0']] }] } as const
  expect(decodeRecord(encodeTransactions(recordOf(states, read)), states).kind).toBe('transactions')
})
