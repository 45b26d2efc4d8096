import assert from 'node:assert/strict'
import { describe, expect, it } from 'vitest'
import { createCodec } from '../../src/values/codec.js'

const codec = createCodec([])

function read<T>(input: T): T {
  return codec.encode(input, '/r').value as T
}

describe('a map that was read', () => {
  const map = read(
    new Map<string, unknown>([
      ['a', 1],
      ['b', { c: 2 }],
    ]),
  )

  it.each(['set', 'delete', 'clear', 'getOrInsert', 'getOrInsertComputed'] as const)('refuses %s', (mutator) => {
    const change = Reflect.get(map, mutator) as (...args: unknown[]) => unknown
    expect(() => change.call(map, 'a', 2)).toThrow(TypeError)
    expect(() => change.call(map, 'a', 2)).toThrow('copy it: new Map(map)')
    expect([...map]).toEqual([
      ['a', 1],
      ['b', { c: 2 }],
    ])
  })

  it('is a map otherwise', () => {
    expect(map).toBeInstanceOf(Map)
    expect(map).toEqual(
      new Map<string, unknown>([
        ['a', 1],
        ['b', { c: 2 }],
      ]),
    )
    expect(map).toStrictEqual(
      new Map<string, unknown>([
        ['a', 1],
        ['b', { c: 2 }],
      ]),
    )
    expect(map).not.toEqual(new Map([['a', 1]]))
    assert.deepStrictEqual(
      map,
      new Map<string, unknown>([
        ['a', 1],
        ['b', { c: 2 }],
      ]),
    )
    expect(map.get('a')).toBe(1)
    expect(map.size).toBe(2)
    expect(structuredClone(map)).toEqual(map)
  })

  it('can be copied, and the copy changed', () => {
    expect(new Map(map).set('c', 3)).toEqual(
      new Map<string, unknown>([
        ['a', 1],
        ['b', { c: 2 }],
        ['c', 3],
      ]),
    )
  })

  it('is frozen: no guard can be taken off', () => {
    expect(Object.isFrozen(map)).toBe(true)
    expect(Reflect.deleteProperty(map, 'set')).toBe(false)
  })
})

describe('a set that was read', () => {
  const set = read(new Set([1, 2]))

  it.each(['add', 'delete', 'clear'] as const)('refuses %s', (mutator) => {
    expect(() => set[mutator](3)).toThrow('copy it: new Set(set)')
    expect([...set]).toEqual([1, 2])
  })

  it('is a set otherwise', () => {
    expect(set).toBeInstanceOf(Set)
    expect(set).toStrictEqual(new Set([1, 2]))
    assert.deepStrictEqual(set, new Set([1, 2]))
    expect(new Set(set).add(3)).toEqual(new Set([1, 2, 3]))
    expect(Object.isFrozen(set)).toBe(true)
  })
})

describe('a date that was read', () => {
  const date = read(new Date(5))
  const setters = Object.getOwnPropertyNames(Date.prototype).filter((name) => name.startsWith('set'))

  it.each(setters)('refuses %s', (setter) => {
    const change = Reflect.get(date, setter) as (n: number) => unknown
    expect(() => change.call(date, 1)).toThrow(TypeError)
    expect(() => change.call(date, 1)).toThrow('copy it: new Date(date)')
    expect(date.getTime()).toBe(5)
  })

  it('is a date otherwise', () => {
    expect(setters).toHaveLength(16)
    expect(date).toBeInstanceOf(Date)
    expect(date).toStrictEqual(new Date(5))
    assert.deepStrictEqual(date, new Date(5))
    expect(JSON.stringify(date)).toBe('"1970-01-01T00:00:00.005Z"')
    expect(date < new Date(6)).toBe(true)
    expect(new Date(date).setTime(7)).toBe(7)
    expect(Object.isFrozen(date)).toBe(true)
  })
})
