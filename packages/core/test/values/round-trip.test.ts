import assert from 'node:assert/strict'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Data } from '../../src/contracts/data.js'
import { createCodec } from '../../src/values/codec.js'
import { data, value } from './arbitraries.js'
import { Money, moneyType, Point, pointType } from './money.js'

const codec = createCodec([moneyType, pointType])

/** As another client gets it: through the text in the log. */
function throughLog(input: unknown): unknown {
  return codec.decode(JSON.parse(codec.encode(input, '/r').json) as Data, '/r').value
}

/** A run-time copy, because encoding freezes; deepStrictEqual does not see what is private, so money is told apart here. */
function copy(input: unknown): unknown {
  if (input instanceof Money) return new Money(input.cents, input.currency)
  if (input instanceof Map) return new Map([...input].map(([key, item]) => [copy(key), copy(item)]))
  if (input instanceof Set) return new Set([...input].map(copy))
  if (input instanceof Date) return new Date(input)
  if (input instanceof Uint8Array) return new Uint8Array(input)
  if (Array.isArray(input)) return input.map(copy)
  if (typeof input !== 'object' || input === null) return input
  return Object.fromEntries(Object.entries(input).map(([key, item]) => [key, copy(item)]))
}

/** Maps and sets with their order, money with its private part. */
function ordered(input: unknown): unknown {
  if (input instanceof Money) return ['money', input.cents, input.currency]
  if (input instanceof Map) return ['map', [...input].map(([key, item]) => [ordered(key), ordered(item)])]
  if (input instanceof Set) return ['set', [...input].map(ordered)]
  if (input instanceof Date || input instanceof Uint8Array) return input
  if (Array.isArray(input)) return ['array', input.map(ordered)]
  if (typeof input !== 'object' || input === null) return input
  return Object.fromEntries(Object.entries(input).map(([key, item]) => [key, ordered(item)]))
}

describe('a value that went through the log', () => {
  it('is what was written, whatever it holds', () => {
    fc.assert(
      fc.property(value, (input) => {
        const before = copy(input)
        const after = throughLog(input)
        assert.deepStrictEqual(after, before)
        assert.deepStrictEqual(ordered(after), ordered(before))
      }),
      { numRuns: 2_000 },
    )
  })

  it('is what its writer reads, too', () => {
    fc.assert(
      fc.property(value, (input) => {
        const encoded = codec.encode(input, '/r')
        const decoded = codec.decode(JSON.parse(encoded.json) as Data, '/r')
        assert.deepStrictEqual(ordered(encoded.value), ordered(decoded.value))
        expect(encoded.shareable).toBe(decoded.shareable)
      }),
    )
  })

  it('can be written again, and gives the same data', () => {
    fc.assert(
      fc.property(value, (input) => {
        const first = codec.encode(input, '/r')
        assert.deepStrictEqual(codec.encode(first.value, '/r').data, first.data)
      }),
    )
  })

  it('is itself where JSON can say it: no copy, no tag', () => {
    fc.assert(
      fc.property(data, (input) => {
        const { data: carried, value: read, shareable } = codec.encode(input, '/r')
        expect(shareable).toBe(true)
        if (!JSON.stringify(input).includes('"~')) {
          expect(carried).toBe(input)
          expect(read).toBe(input)
        }
        assert.deepStrictEqual(read, input)
      }),
    )
  })

  it('decodes from any order of keys', () => {
    expect(codec.decode({ b: { '~date': 1 }, a: 2 }, '/r').value).toEqual({ a: 2, b: new Date(1) })
  })
})

describe('the form in the log', () => {
  it.each<[string, unknown, Data]>([
    ['a date', new Date(5), { '~date': 5 }],
    ['the first date', new Date(-8.64e15), { '~date': -8.64e15 }],
    ['the last date', new Date(8.64e15), { '~date': 8.64e15 }],
    ['a map', new Map([['a', new Map()]]), { '~map': [['a', { '~map': [] }]] }],
    ['a set', new Set([1n, 'x']), { '~set': [{ '~bigint': '1' }, 'x'] }],
    ['a bigint', -12n, { '~bigint': '-12' }],
    ['bytes', new Uint8Array([1, 2, 255]), { '~bytes': 'AQL/' }],
    ['a buffer', Buffer.from('hi'), { '~bytes': 'aGk=' }],
    ['an instance', new Money(5n, 'EUR'), { '~money': ['5', 'EUR'] }],
    ['an instance inside', [{ at: new Point(1, 2) }], [{ at: { '~point': { x: 1, y: 2 } } }]],
    ['an object that looks like a date', { '~date': 5 }, { '~': { '~date': 5 } }],
    ['an object that looks escaped', { '~': 5 }, { '~': { '~': 5 } }],
    ['an object that looks like nothing known', { '~x': new Date(0) }, { '~': { '~x': { '~date': 0 } } }],
    ['two keys, of which one looks like a tag', { '~date': 5, a: 1 }, { '~date': 5, a: 1 }],
    ['a tilde elsewhere', { 'a~': 5 }, { 'a~': 5 }],
  ])('%s', (_, input, expected) => {
    expect(codec.encode(input, '/r').data).toStrictEqual(expected)
    expect(codec.encode(input, '/r').json).toBe(JSON.stringify(expected))
  })

  it('knows no negative zero', () => {
    expect(codec.encode(-0, '/r')).toMatchObject({ data: 0, value: 0, json: '0' })
    expect(codec.encode({ a: [-0] }, '/r').value).toStrictEqual({ a: [0] })
    expect(codec.decode(-0, '/r').value).toBe(0)
    expect(codec.decode({ a: [-0] }, '/r').value).toStrictEqual({ a: [0] })
  })

  it('escapes a lone surrogate, so that the text is UTF-8', () => {
    expect(codec.encode('\ud800', '/r').json).toBe('"\\ud800"')
    expect(throughLog({ '\udfff': '\ud800x' })).toStrictEqual({ '\udfff': '\ud800x' })
  })

  it('reads bytes of every kind as Uint8Array', () => {
    const read = codec.encode(Buffer.from([1, 2]), '/r').value
    expect(Object.getPrototypeOf(read)).toBe(Uint8Array.prototype)
    expect(read).toStrictEqual(new Uint8Array([1, 2]))
  })

  it('gives an object without a prototype the ordinary one, as every other client does', () => {
    const input = Object.assign(Object.create(null), { toString: 1 }) as object
    const { value: read, data: carried } = codec.encode(input, '/r')
    for (const copied of [read, carried, throughLog(input), codec.decode(input as Data, '/r').value]) {
      expect(Object.getPrototypeOf(copied)).toBe(Object.prototype)
      expect(Object.entries(copied as object)).toEqual([['toString', 1]])
    }
  })
})

describe('types', () => {
  class Key extends Uint8Array {}
  const asked: unknown[] = []
  const greedy = createCodec([
    {
      tag: 'greedy',
      is: (candidate): candidate is unknown => {
        asked.push(candidate)
        return true
      },
      encode: () => Object.assign(Object.create(null), { zero: -0, none: null }) as Data,
      decode: (stored) => stored,
    },
  ])

  it('are asked of nothing that is built in', () => {
    const input = [1, { a: [] }, new Date(0), new Map(), new Set(), new Uint8Array(1), 1n, 'x', null, true]
    greedy.encode(input, '/r')
    expect(asked).toEqual([])
  })

  it('are asked of everything else, in order, and their data is made ordinary', () => {
    const first = createCodec([pointType, moneyType])
    expect(first.encode(new Money(1n, 'EUR'), '/r').json).toBe('{"~money":["1","EUR"]}')
    const { data: carried } = greedy.encode(new Key(1), '/r')
    assert.deepStrictEqual(carried, { '~greedy': { zero: 0, none: null } })
  })
})

describe('hostile keys', () => {
  const text = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"toString":1,"~date":2}'

  it('are plain data both ways, and touch no prototype', () => {
    const input = JSON.parse(text) as object
    const read = throughLog(input) as Record<string, unknown>
    expect(JSON.stringify(read)).toBe(text)
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype)
    expect(read.polluted).toBeUndefined()
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  it('also where a copy must be made around a tag', () => {
    const input = JSON.parse('{"__proto__":[1],"constructor":{}}') as Record<string, unknown>
    Object.defineProperty(input, '__proto__', { value: [new Date(1)], enumerable: true })
    const encoded = codec.encode(input, '/r')
    expect(encoded.json).toBe('{"__proto__":[{"~date":1}],"constructor":{}}')
    for (const read of [encoded.value, throughLog(input)]) {
      expect(Object.getPrototypeOf(read)).toBe(Object.prototype)
      expect(Object.getOwnPropertyDescriptor(read, '__proto__')?.value).toEqual([new Date(1)])
    }
  })

  it('also inside what a type encodes', () => {
    const raw = createCodec([
      { ...moneyType, encode: () => JSON.parse(text) as Data, decode: (stored) => stored as never },
    ])
    const encoded = raw.encode(new Money(1n, 'EUR'), '/r')
    expect(encoded.json).toBe(`{"~money":${text}}`)
    expect(Object.getPrototypeOf(encoded.value)).toBe(Object.prototype)
  })
})
