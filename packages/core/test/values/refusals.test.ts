import { describe, expect, it } from 'vitest'
import type { Data, ValueType } from '../../src/contracts/data.js'
import { ValueError } from '../../src/errors.js'
import { createCodec } from '../../src/values/codec.js'
import { MAX_DEPTH } from '../../src/values/tags.js'
import { Money, moneyType, Point } from './money.js'

const codec = createCodec([moneyType])

function refusalOf(input: unknown, by = codec): ValueError {
  try {
    by.encode(input, '/orders')
  } catch (error) {
    if (error instanceof ValueError) return error
    throw error
  }
  throw new Error('it was carried')
}

class Basket {
  items = []
}

const accessor = Object.defineProperty({ a: 1 }, 'b', { get: () => 2, enumerable: true })
const setter = Object.defineProperty({ a: 1 }, 'b', { set: () => undefined, enumerable: true })
const hidden = Object.defineProperty({ a: 1 }, 'secret', { value: 2 })
const named = Object.assign([1], { index: 0 })
const unreadable = Object.create(Date.prototype) as Date
const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)])

describe('what cannot be carried is refused, with its place', () => {
  it.each<[string, unknown, path: string, reason: RegExp]>([
    ['undefined', undefined, '', /undefined is not a value: use null/],
    ['an undefined property', { lines: [{}, {}, { sku: undefined }] }, '.lines[2].sku', /undefined.*leave it out/],
    ['an undefined item', [1, undefined], '[1]', /undefined/],
    ['a hole', Object.assign([1], { 2: 3 }), '[1]', /hole/],
    ['a long hole', new Array(3), '[0]', /hole/],
    ['not a number', { a: Number.NaN }, '.a', /NaN is not a value/],
    ['infinity', [Number.NEGATIVE_INFINITY], '[0]', /-Infinity is not a value/],
    ['a function', { f: () => 1 }, '.f', /a function is not a value/],
    ['a symbol', [Symbol('s')], '[0]', /a symbol is not a value/],
    ['a symbol key', { a: { [Symbol('s')]: 1 } }, '.a[Symbol(s)]', /named by a symbol/],
    ['a symbol key of an array', [Object.assign([], { [Symbol('s')]: 1 })], '[0][Symbol(s)]', /named by a symbol/],
    ['an accessor', [accessor], '[0].b', /accessor/],
    ['a setter', [setter], '[0].b', /accessor/],
    ['a hidden property', { a: hidden }, '.a.secret', /not enumerable/],
    ['a named property of an array', { match: named }, '.match.index', /named property of an array/],
    ['what a regular expression answers', /b/.exec('abc'), '.index', /named property of an array/],
    ['an instance', { b: new Basket() }, '.b', /an instance of Basket is not a value: register a type/],
    ['an instance of nothing', [Object.create({})], '[0]', /an object is not a value: register a type/],
    ['an instance of nothing at all', [Object.create(Object.create(null))], '[0]', /an instance of a nameless class/],
    ['an instance of a nameless class', [new (class {})()], '[0]', /an instance of a nameless class/],
    ['a subclass of Array', [new (class Stack extends Array {})()], '[0]', /an array is not a value/],
    ['a subclass of Map', [new (class Lru extends Map {})()], '[0]', /an instance of Lru/],
    ['an error', new TypeError('x'), '', /an instance of TypeError/],
    ['a boxed number', Object(1), '', /an instance of Number/],
    ['other typed arrays', { f: new Float64Array(1) }, '.f', /an instance of Float64Array/],
    ['a buffer of bytes', { f: new ArrayBuffer(1) }, '.f', /an instance of ArrayBuffer/],
    ['a promise', { p: Promise.resolve(1) }, '.p', /a promise is not a value: await it/],
    ['an invalid date', { at: new Date(Number.NaN) }, '.at', /an invalid date/],
    ['what only claims to be a date', { at: unreadable }, '.at', /cannot be read/],
    [
      'a key of a map',
      new Map<unknown, unknown>([
        ['a', 1],
        [{ b: undefined }, 2],
      ]),
      '.keys()[1].b',
      /undefined/,
    ],
    ['a value of a map', { m: new Map([['al ice', { n: () => 1 }]]) }, '.m.get("al ice").n', /a function/],
    ['a value at a number', new Map([[7, undefined]]), '.get(7)', /undefined/],
    ['a value at a boolean', new Map([[true, undefined]]), '.get(true)', /undefined/],
    ['a value at an object', new Map([[{}, undefined]]), '.values()[0]', /undefined/],
    ['an item of a set', new Set([1, Symbol('s')]), '.values()[1]', /a symbol/],
    ['odd keys', { 'a b': { 'x"y': { '': undefined } } }, '["a b"]["x\\"y"][""]', /undefined/],
    ['inside what looks tagged', { '~date': undefined }, '["~date"]', /undefined/],
  ])('%s', (_, input, path, reason) => {
    const error = refusalOf(input)
    expect(error).toMatchObject({ kind: 'invalid', code: 'AVOUT_VALUE', ref: '/orders', path })
    expect(error.message).toMatch(reason)
    expect(error.message.startsWith(path === '' ? '/orders: ' : `/orders at ${path}: `)).toBe(true)
  })

  it('a property that throws when it is looked at', () => {
    const proxy = new Proxy(
      { a: 1 },
      {
        getOwnPropertyDescriptor: () => {
          throw new Error('mine')
        },
      },
    )
    expect(refusalOf([proxy])).toMatchObject({ path: '[0]', message: expect.stringContaining('mine') })
  })

  it('leaves what it refuses as it was', () => {
    const value = { a: { b: [1] }, c: undefined as number | undefined }
    expect(refusalOf(value).path).toBe('.c')
    value.a.b.push(2)
    value.c = 3
    expect(codec.encode(value, '/r').json).toBe('{"a":{"b":[1,2]},"c":3}')
  })
})

describe('circles', () => {
  it('are told by the step that closes them', () => {
    const self: Record<string, unknown> = { a: 1 }
    self.self = self
    expect(refusalOf(self)).toMatchObject({ path: '.self', message: expect.stringContaining('contains itself') })

    const child = { name: 'c', parent: undefined as unknown }
    const parent = { name: 'p', children: [child] }
    child.parent = parent
    expect(refusalOf({ family: parent })).toMatchObject({ path: '.family.children[0].parent' })

    const map = new Map<string, unknown>()
    map.set('me', new Set([map]))
    expect(refusalOf([map])).toMatchObject({ path: '[0].get("me").values()[0]' })
  })

  it('the same object twice is none', () => {
    const twice = { a: 1 }
    expect(codec.encode([twice, { twice }], '/r').json).toBe('[{"a":1},{"twice":{"a":1}}]')
  })
})

describe(`${MAX_DEPTH} levels`, () => {
  const around = (depth: number, inner: unknown): unknown => (depth === 0 ? inner : { a: around(depth - 1, inner) })
  const tower = createCodec([
    { ...moneyType, encode: () => nested(2) as Data },
    {
      tag: 'point',
      is: (value) => value instanceof Point,
      encode: () => ({ a: { b: {} } }),
      decode: () => new Point(1, 2),
    },
  ])

  it.each<[string, levels: number, unknown]>([
    ['an array', 1, []],
    ['an object', 1, {}],
    ['a date', 1, new Date(0)],
    ['a bigint', 1, 1n],
    ['bytes', 1, new Uint8Array(1)],
    ['an empty map', 2, new Map()],
    ['a map', 3, new Map([[1, 1]])],
    ['a map of arrays', 4, new Map([[1, []]])],
    ['a map by arrays', 4, new Map([[[], 1]])],
    ['an empty set', 2, new Set()],
    ['a set of arrays', 3, new Set([[]])],
    ['what looks tagged', 2, { '~x': 1 }],
    ['an array in what looks tagged', 3, { '~x': [] }],
    ['arrays that a type encodes', 3, new Money(1n, 'EUR')],
    ['objects that a type encodes', 4, new Point(1, 2)],
  ])('%s takes %i', (_, levels, inner) => {
    const { data } = tower.encode(around(MAX_DEPTH - levels, inner), '/r')
    expect(() => tower.decode(data, '/r')).not.toThrow()
    const tooDeep = around(MAX_DEPTH - levels + 1, inner)
    expect(refusalOf(tooDeep, tower).message).toContain('nested deeper than 128 levels')
    expect(Object.isFrozen(tooDeep)).toBe(false)
    expect(() => tower.decode({ a: data }, '/r')).toThrow('nested deeper than 128 levels')
  })

  it('are counted without recursion into what is deeper', () => {
    const text = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    expect(() => codec.decode(JSON.parse(text) as Data, '/r')).toThrow('nested deeper than 128 levels')
    expect(refusalOf(JSON.parse(text)).path).toBe('[0]'.repeat(MAX_DEPTH))
  })
})

describe('types that break their promise', () => {
  const broken = (part: Partial<ValueType<Money>>) => createCodec([{ ...moneyType, ...part }])
  const input = { price: new Money(1n, 'EUR') }
  const boom = () => {
    throw new Error('boom')
  }

  it.each<[string, Partial<ValueType<Money>>, RegExp]>([
    ['cannot encode', { encode: boom }, /its type "money" cannot encode it \(boom\)/],
    ['cannot decode', { decode: boom }, /its type "money" cannot decode it \(boom\)/],
    ['cannot tell', { is: boom as never }, /boom/],
    [
      'encodes to a bigint',
      { encode: () => 1n as never },
      /"money" encodes it to what is not JSON data: a bigint is not JSON data$/,
    ],
    [
      'encodes to a hole',
      { encode: () => ({ a: [1, undefined] }) as never },
      /undefined is not JSON data \(at \.a\[1\] of it\)/,
    ],
    [
      'encodes to an instance',
      { encode: () => [new Date(0)] as never },
      /an instance of Date is not JSON data \(at \[0\]/,
    ],
    ['encodes to infinity', { encode: () => Number.POSITIVE_INFINITY }, /Infinity is not JSON data/],
  ])('%s', (_, part, reason) => {
    const error = refusalOf(input, broken(part))
    expect(error.path).toBe('.price')
    expect(error.message).toMatch(reason)
  })

  it('keep what was thrown as the cause', () => {
    for (const part of [{ encode: boom }, { decode: boom }, { is: boom as never }]) {
      expect(refusalOf(input, broken(part)).cause).toMatchObject({ message: 'boom' })
    }
    const nothing = refusalOf(input, broken({ encode: () => 1n as never }))
    expect(nothing.cause).toMatchObject({ message: 'a bigint is not JSON data' })
    expect('cause' in refusalOf(undefined)).toBe(false)
  })
})

describe('createCodec', () => {
  it.each(['', 'date', 'map', 'set', 'bigint', 'bytes'])('refuses the tag "%s"', (tag) => {
    expect(() => createCodec([{ ...moneyType, tag }])).toThrow(
      expect.objectContaining({
        name: 'TypeError',
        code: 'AVOUT_VALUE_TYPE',
        message: `types: the tag "${tag}" is reserved: choose another`,
      }),
    )
  })

  it('refuses a tag twice', () => {
    expect(() => createCodec([moneyType, { ...moneyType }])).toThrow(
      expect.objectContaining({ code: 'AVOUT_VALUE_TYPE', message: 'types: two types have the tag "money"' }),
    )
  })
})
