import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromBase64, toBase64 } from '../../src/values/base64.js'

const bytes = fc.uint8Array({ maxLength: 100 })

describe('base64', () => {
  it('is what Node writes', () => {
    fc.assert(fc.property(bytes, (input) => toBase64(input) === Buffer.from(input).toString('base64')))
  })

  it('comes back', () => {
    fc.assert(
      fc.property(bytes, (input) => {
        expect(fromBase64(toBase64(input))).toEqual(input)
      }),
    )
  })

  it('is read only as it is written', () => {
    const text = fc.string({ unit: fc.constantFrom(...'AQgwZz+/=-_ \né😀'), maxLength: 8 })
    fc.assert(
      fc.property(text, (input) => {
        const read = fromBase64(input)
        if (read !== undefined) expect(toBase64(read)).toBe(input)
      }),
      { numRuns: 2_000 },
    )
  })

  it.each(['A', 'AA', 'AAA', 'AA=A', '=AAA', 'A===', '====', 'AB==', 'AAB=', 'AA-_', 'AA A', 'AAAé', 'AA==AAAA'])(
    'refuses %j',
    (text) => {
      expect(fromBase64(text)).toBeUndefined()
    },
  )
})
