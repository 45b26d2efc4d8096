import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Data } from '../../src/contracts/data.js'
import { equalData } from '../../src/values/equal.js'
import { data } from './arbitraries.js'

/** The same data, keys written down the other way round. */
function reversed(input: Data): Data {
  if (typeof input !== 'object' || input === null) return input
  if (Array.isArray(input)) return (input as readonly Data[]).map(reversed)
  return Object.fromEntries(
    Object.entries(input)
      .reverse()
      .map(([key, item]) => [key, reversed(item)]),
  )
}

/** Two texts are equal exactly if the data is: keys sorted. */
function canonical(input: Data): string {
  return JSON.stringify(input, (_, item: Data) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? ['object', ...Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1))]
      : item,
  )
}

describe('equalData', () => {
  it('does not look at the order of keys', () => {
    fc.assert(fc.property(data, (input) => equalData(input, reversed(input)) && equalData(reversed(input), input)))
  })

  it('tells apart whatever differs', () => {
    const small = fc.letrec<{ any: Data }>((tie) => ({
      any: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom<Data>(null, 0, 1, '', 'a', '0', true),
        fc.array(tie('any'), { maxLength: 2 }),
        fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), tie('any'), { maxKeys: 2, noNullPrototype: true }),
      ),
    })).any
    fc.assert(
      fc.property(small, small, (a, b) => equalData(a, b) === (canonical(a) === canonical(b))),
      { numRuns: 5_000 },
    )
  })

  it.each<[Data, Data]>([
    [{}, []],
    [[], {}],
    [{ 0: 1 }, [1]],
    [null, {}],
    [{ a: 1 }, { b: 1 }],
    [{ a: 1 }, { a: 1, b: 1 }],
    [{ toString: 1 }, { a: 1 }],
    [{ a: 1 }, { toString: 1 }],
    [
      [1, 2],
      [2, 1],
    ],
    [[1], [1, 1]],
    [0, '0'],
    [0, false],
    ['', null],
  ])('%j is not %j', (a, b) => {
    expect(equalData(a, b)).toBe(false)
  })
})
