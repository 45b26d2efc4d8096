import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { utf8Length } from '../../src/values/size.js'
import { anyString } from './arbitraries.js'

describe('utf8Length', () => {
  it('is what encoding it takes', () => {
    const text = fc.oneof(anyString, fc.string({ unit: 'binary' }), fc.string())
    fc.assert(
      fc.property(text, (input) => utf8Length(input) === Buffer.byteLength(input, 'utf8')),
      { numRuns: 500 },
    )
  })

  it.each([
    ['', 0],
    ['a\u007f', 2],
    ['\u0080\u07ff', 4],
    ['\u0800\uffff', 6],
    ['😀', 4],
    ['\ud800', 3],
    ['\udc00\ud800', 6],
    ['\ud800😀', 7],
    ['\ud800a', 4],
    ['\udc00\udc00', 6],
    ['\ud800\ue000', 6],
    ['\ue000\udc00', 6],
  ])('%j takes %i', (text, bytes) => {
    expect(utf8Length(text)).toBe(bytes)
  })
})
