import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Data } from '../../src/contracts/data.js'
import { IncompatibleError } from '../../src/errors.js'
import { createCodec } from '../../src/values/codec.js'
import { data } from './arbitraries.js'
import { moneyType } from './money.js'

const codec = createCodec([moneyType])

describe('stored data that is not whole is refused, never half decoded', () => {
  it.each<[string, unknown, path: string]>([
    ['~date', { '~date': '2020' }, ''],
    ['~date', { '~date': 1.5 }, ''],
    ['~date', { '~date': 8.65e15 }, ''],
    ['~map', { '~map': {} }, ''],
    ['~map', { '~map': [['a']] }, ''],
    ['~map', { '~map': [['a', 1, 2]] }, ''],
    ['~map', { '~map': ['ab'] }, ''],
    [
      '~map',
      {
        '~map': [
          ['a', 1],
          ['a', 2],
        ],
      },
      '',
    ],
    ['~set', { '~set': 'abc' }, ''],
    ['~set', { '~set': [1, 1] }, ''],
    ['~bigint', { '~bigint': 1 }, ''],
    ['~bigint', { '~bigint': '' }, ''],
    ['~bigint', { '~bigint': '0x10' }, ''],
    ['~bigint', { '~bigint': '-0' }, ''],
    ['~bigint', { '~bigint': '01' }, ''],
    ['~bytes', { '~bytes': 'AQ' }, ''],
    ['~bytes', { '~bytes': 'AR==' }, ''],
    ['~bytes', { '~bytes': [1, 2, 3, 4] }, ''],
    ['"~"', { '~': 1 }, ''],
    ['"~"', { '~': null }, ''],
    ['"~"', { '~': [] }, ''],
    ['"~"', { '~': { a: 1 } }, ''],
    ['"~"', { '~': { '~a': 1, b: 2 } }, ''],
    ['~date', { a: [{ '~map': [['k', { '~set': [{ '~date': null }] }]] }] }, '.a[0].get("k").values()[0]'],
    ['undefined', { a: undefined }, '.a'],
    [
      '~date',
      {
        '~map': [
          ['a', 1],
          [[{ '~date': '' }], 2],
        ],
      },
      '.keys()[1][0]',
    ],
    ['NaN', [Number.NaN], '[0]'],
    ['a bigint', [1n], '[0]'],
    ['an instance of Date', { at: new Date(0) }, '.at'],
    ['"money" cannot decode', { a: { '~money': 5 } }, '.a'],
    ['undefined', { a: { '~money': ['1', undefined] } }, '.a[1]'],
  ])('%s: %#', (what, stored, path) => {
    const read = () => codec.decode(stored as Data, '/orders')
    expect(read).toThrow(IncompatibleError)
    expect(read).toThrow(what)
    expect(read).toThrow(`/orders${path === '' ? '' : ` at ${path}`}: `)
  })

  it('names a tag that nobody registered, and where to register it', () => {
    const read = () => createCodec([]).decode({ a: { '~money': ['1', 'EUR'] } }, '/orders')
    expect(read).toThrow(IncompatibleError)
    expect(read).toThrow(/\/orders at \.a: its type "money" is not known here: register it.*types/)
  })

  it('keeps what a type threw as the cause', () => {
    const boom = new Error('boom')
    const broken = createCodec([
      {
        ...moneyType,
        decode: () => {
          throw boom
        },
      },
    ])
    expect(() => broken.decode({ '~money': [] }, '/r')).toThrow(expect.objectContaining({ cause: boom }))
  })

  it('whatever is stored: it decodes to what encodes to it again, or is refused as incompatible', () => {
    const tag = fc.constantFrom('~', '~date', '~map', '~set', '~bigint', '~bytes', '~x')
    const almost = fc.oneof(
      data,
      fc.tuple(tag, data).map(([key, body]) => ({ [key]: body })),
    )
    const wrapped = fc.oneof(
      almost,
      fc.tuple(tag, almost).map(([key, body]) => ({ [key]: body })),
      fc.array(almost),
    )
    fc.assert(
      fc.property(wrapped, (stored) => {
        const text = JSON.stringify(stored)
        let read: unknown
        try {
          read = codec.decode(stored, '/r').value
        } catch (error) {
          expect(error).toBeInstanceOf(IncompatibleError)
          return
        }
        expect(codec.encode(read, '/r').json).toBe(text)
      }),
      { numRuns: 2_000 },
    )
  })
})
