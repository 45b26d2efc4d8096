import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { platform as browser } from '../../src/platform/browser.js'
import { platform as node } from '../../src/platform/node.js'
import { sha256 } from '../../src/platform/sha256.js'

/** Bytes that are the same for ever. */
function bytesOf(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + length) & 255)
}

describe('sha256 in plain TypeScript', () => {
  it('is what Node computes, at every length around the blocks', () => {
    for (let length = 0; length <= 300; length++) {
      const bytes = bytesOf(length)
      expect(Buffer.from(sha256(bytes)).toString('hex'), `length ${length}`).toBe(
        createHash('sha256').update(bytes).digest('hex'),
      )
    }
  })

  it('is what Node computes, for any bytes', () => {
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ minLength: 5_000, maxLength: 20_000 }))
    fc.assert(
      fc.property(bytes, (input) => Buffer.from(sha256(input)).equals(createHash('sha256').update(input).digest())),
    )
  })

  it('reads a view of a larger buffer', () => {
    const view = bytesOf(100).subarray(10, 20)
    expect(Buffer.from(sha256(view))).toEqual(createHash('sha256').update(view).digest())
  })
})

// Every client of a realm, of every version and on every machine, must come to the same hash: these never change.
const CHAIN: readonly (readonly [length: number, hash: string])[] = [
  [0, '47DEQpj8HBSa-_TImW-5JA'],
  [1, 'wDLiYQ9ua_8UxSBcyxZX4g'],
  [41, '17nsxCdCEFfXI4-TDJlV4w'],
  [42, 'SnfxSrZbnu675lNAeAQMsA'],
  [43, 'oRtPvr2CTTxbmbxCJuLUxA'],
  [1000, 'AprQYadihnCzLTJ-JfNmog'],
  [7000, 'QQ5LXyJVhCRIOWQvUxji2g'],
  [100000, 'E56-ptIqnHgq2CXX4EEYDw'],
]

describe.each([
  ['node', node],
  ['browser', browser],
] as const)('the rolling hash on %s', (_, { hash }) => {
  it('gives the chain that it has always given', () => {
    let last = ''
    for (const [length, expected] of CHAIN) {
      last = hash(last, bytesOf(length))
      expect(last).toBe(expected)
    }
  })

  it('is the first 128 bits of SHA-256 of the previous one and the bytes', () => {
    const previous = fc.constantFrom('', ...CHAIN.map(([, text]) => text))
    fc.assert(
      fc.property(previous, fc.uint8Array(), (before, bytes) => {
        const digest = createHash('sha256')
          .update(Buffer.concat([Buffer.from(before, 'ascii'), bytes]))
          .digest()
        expect(hash(before, bytes)).toBe(digest.subarray(0, 16).toString('base64url'))
      }),
      { numRuns: 300 },
    )
  })
})
