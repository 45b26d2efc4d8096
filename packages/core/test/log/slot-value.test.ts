import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { IncompatibleError } from '../../src/errors.js'
import { decodeSlot, encodeSlot, FILLER, largestRecord } from '../../src/log/slot-value.js'

const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value)).length
const utf8 = (text: string) => new TextEncoder().encode(text)

describe('the value of a slot', () => {
  it('comes back as the same bytes, and is a string without NUL', () => {
    const records = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.string({ unit: 'binary', maxLength: 200 }).map(utf8),
      fc.json().map(utf8),
    )
    fc.assert(
      fc.property(records, (record) => {
        const value = encodeSlot(record)
        expect(value).toBeTypeOf('string')
        expect(value).not.toContain('\0')
        expect(decodeSlot(value, 1)).toEqual(record)
      }),
    )
  })

  it('takes any record of the largest size', () => {
    const worst = [0x00, 0x01, 0x22, 0x61, 0x80, 0xff]
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 400 }), fc.constantFrom(...worst), (limit, byte) => {
        const record = new Uint8Array(largestRecord(limit)).fill(byte)
        expect(json(encodeSlot(record))).toBeLessThanOrEqual(limit)
      }),
    )
    expect(largestRecord(0)).toBe(0)
  })

  it('is readable where the record is text, a byte order mark included', () => {
    expect(encodeSlot(utf8('{"f":1}'))).toBe('t{"f":1}')
    expect(encodeSlot(utf8('\u{feff}é'))).toBe('t\u{feff}é')
    expect(encodeSlot(utf8('\0'))).toBe('bAA==')
    expect(encodeSlot(new Uint8Array([0xff]))).toBe('b/w==')
    expect(encodeSlot(new Uint8Array())).toBe('t')
  })

  it('is no bytes for a filler, and refuses what it never wrote', () => {
    expect(decodeSlot(FILLER, 1)).toEqual(new Uint8Array())
    for (const foreign of [1, true, {}, [], '', 'x', 'b?', 'bAB==']) {
      expect(() => decodeSlot(foreign, 7)).toThrow(IncompatibleError)
    }
  })
})
