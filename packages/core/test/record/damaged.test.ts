import fc from 'fast-check'
import { expect, test } from 'vitest'
import { IncompatibleError } from '../../src/errors.js'
import { decodeRecord } from '../../src/record/decode.js'
import type { LogRecord } from '../../src/record/record.js'
import { RefStates } from '../../src/state/ref-state.js'
import { bytesOf, valid } from './broken.js'

test('other bytes are malformed, and throw nothing', () => {
  const texts = [
    'null',
    '5',
    '"x"',
    '[]',
    '[{}]',
    '{}',
    '{"f":0}',
    '{"f":"1"}',
    '{"k":"realm"}',
    '{"f":1,"k":5}',
    ' ',
    '{',
  ]
  for (const text of texts)
    expect([text, decodeRecord(new TextEncoder().encode(text), new RefStates()).kind]).toEqual([text, 'malformed'])
  const bytes = bytesOf(valid())
  for (let end = 1; end < bytes.length; end++)
    expect(decodeRecord(bytes.slice(0, end), new RefStates()).kind).toBe('malformed')
  for (const prefix of [[0xef, 0xbb, 0xbf], [0xff], [0xc3]]) {
    expect(decodeRecord(new Uint8Array([...prefix, ...bytes]), new RefStates()).kind).toBe('malformed')
  }
})

test('whatever happens to the bytes, all that is thrown says that this version is too old', () => {
  const bytes = bytesOf(valid())
  const read = (damaged: Uint8Array): LogRecord['kind'] | 'newer' => {
    try {
      return decodeRecord(damaged, new RefStates()).kind
    } catch (error) {
      if (error instanceof IncompatibleError) return 'newer'
      throw error
    }
  }
  const damage = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.oneof(fc.nat(255), fc.constantFrom(...bytes))), {
    minLength: 1,
    maxLength: 4,
  })
  fc.assert(
    fc.property(damage, (places) => {
      const damaged = bytes.slice()
      for (const [at, byte] of places) damaged[at] = byte
      expect(['malformed', 'transactions', 'newer']).toContain(read(damaged))
    }),
    { numRuns: 1_000 },
  )
})

test('text that is no UTF-8 is malformed, also where only a name holds it', () => {
  const bytes = bytesOf(valid())
  const accent = bytes.indexOf(0xc3)
  for (const broken of [0x20, 0x7f, 0xff]) {
    const damaged = bytes.slice()
    damaged[accent + 1] = broken
    expect(decodeRecord(damaged, new RefStates())).toEqual({ kind: 'malformed' })
  }
  expect(decodeRecord(bytes, new RefStates())).toMatchObject({ name: 'till é' })
})
