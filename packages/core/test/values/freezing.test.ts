import assert from 'node:assert/strict'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Data } from '../../src/contracts/data.js'
import { createCodec } from '../../src/values/codec.js'
import { value } from './arbitraries.js'
import { Money, moneyType, Point, pointType } from './money.js'

const codec = createCodec([moneyType, pointType])

function plainParts(input: unknown, found: object[] = []): object[] {
  if (typeof input !== 'object' || input === null || input instanceof Money) return found
  if (input instanceof Date || input instanceof Uint8Array) return found
  if (input instanceof Map || input instanceof Set) {
    for (const item of [...input.keys(), ...input.values()]) plainParts(item, found)
    return found
  }
  found.push(input)
  for (const item of Object.values(input)) plainParts(item, found)
  return found
}

describe('freezing', () => {
  it('reaches everything plain in a value that was given, in what is carried, and in what is read', () => {
    fc.assert(
      fc.property(value, (input) => {
        const encoded = codec.encode(input, '/r')
        const decoded = codec.decode(JSON.parse(encoded.json) as Data, '/r')
        for (const part of [input, encoded.data, encoded.value, decoded.value].flatMap((root) => plainParts(root))) {
          expect(Object.isFrozen(part)).toBe(true)
        }
      }),
    )
  })

  it('takes the very object where nothing needs a copy', () => {
    const lines = [{ sku: 'a' }]
    const order = { lines, at: new Date(1) }
    const { data, value: read } = codec.encode(order, '/r')
    expect((data as unknown as typeof order).lines).toBe(lines)
    expect((read as typeof order).lines).toBe(lines)
    const stored = { a: [1] }
    expect(codec.decode(stored, '/r').value).toBe(stored)
  })
})

describe('what the writer does later to what it gave', () => {
  it('does not change what is carried or read', () => {
    const at = new Date(1)
    const map = new Map<string, unknown>([['at', at]])
    const set = new Set([1])
    const bytes = new Uint8Array([1])
    const price = new Money(1n, 'EUR')
    const encoded = codec.encode({ at, map, set, bytes, price }, '/r')
    at.setTime(2)
    map.set('more', 2)
    set.add(2)
    bytes[0] = 2
    price.double()
    const read = { at: new Date(1), map: new Map([['at', new Date(1)]]), set: new Set([1]), bytes: new Uint8Array([1]) }
    expect(encoded.value).toMatchObject(read)
    expect((encoded.value as { price: Money }).price.cents).toBe(1n)
    expect(codec.decode(JSON.parse(encoded.json) as Data, '/r').value).toMatchObject(read)
  })

  it('also inside what a type encoded', () => {
    const parts = ['1', 'EUR']
    const leaky = createCodec([{ ...moneyType, encode: () => parts }])
    const encoded = leaky.encode(new Money(1n, 'EUR'), '/r')
    parts[0] = '2'
    expect(encoded.json).toBe('{"~money":["1","EUR"]}')
  })
})

describe('who may share what', () => {
  it.each<[string, unknown, shareable: boolean]>([
    ['plain', { a: [1] }, true],
    ['guarded', { a: new Map([[1, new Set([new Date(0)])]]) }, true],
    ['a frozen instance', { a: new Point(1, 2) }, true],
    ['bytes', { a: [new Uint8Array(1)] }, false],
    ['bytes in a map', new Map([[1, new Uint8Array(1)]]), false],
    ['an instance that may change', [new Money(1n, 'EUR')], false],
  ])('%s', (_, input, shareable) => {
    const encoded = codec.encode(input, '/r')
    expect(encoded.shareable).toBe(shareable)
    expect(codec.decode(encoded.data, '/r').shareable).toBe(shareable)
  })

  it('decoding again gives a copy that nobody else has', () => {
    const { data, value: first } = codec.encode({ bytes: new Uint8Array([1]), price: new Money(1n, 'EUR') }, '/r')
    const mine = first as { bytes: Uint8Array; price: Money }
    mine.bytes[0] = 9
    mine.price.double()
    const other = codec.decode(data, '/r').value as typeof mine
    expect(other.bytes).toEqual(new Uint8Array([1]))
    expect(other.price.cents).toBe(1n)
  })
})

describe('what a type is given to decode', () => {
  it('is frozen: keeping it is safe', () => {
    const kept: unknown[] = []
    const decode = (data: Data) => {
      kept.push(data)
      return moneyType.decode(data)
    }
    const keeping = createCodec([{ ...moneyType, decode }])
    keeping.decode({ '~money': ['1', ['EUR']] }, '/r')
    assert.deepEqual(kept, [['1', ['EUR']]])
    expect(plainParts(kept[0]).every(Object.isFrozen)).toBe(true)
  })
})
