import { expect, test } from 'vitest'
import { IncompatibleError } from '../../src/errors.js'
import { FORMAT } from '../../src/record/record.js'
import { decoded, valid, withAt } from './broken.js'

test.each([
  ['a newer format', { ...valid(), f: FORMAT + 1 }],
  ['a newer format that looks like nothing of ours', { f: FORMAT + 1 }],
  ['a newer format of a malformed record', { ...valid(), f: FORMAT + 1, t: 5 }],
  ['an unknown kind', { f: 1, k: 'floor' }],
  ['an unknown kind of a known prototype', { f: 1, k: 'constructor' }],
  ['an unknown part of a record', { ...valid(), z: 1 }],
  ['an unknown part of a realm', { f: 1, k: 'realm', window: 5, inlineLimit: 5, z: 1 }],
  ['an unknown part of a transaction', withAt(valid(), ['t', 0, 3, 'z'], null)],
  ['an unknown operation of ours', withAt(valid(), ['t', 0, 3, 'o', 0, 5, 0], 'multiply')],
  ['an unknown operation of a known prototype', withAt(valid(), ['t', 0, 3, 'o', 0, 5, 0], 'constructor')],
])('%s stops a client', (_, json) => {
  expect(() => decoded(json)).toThrow(IncompatibleError)
  expect(() => decoded(json)).toThrow(/upgrade/)
})

test('so does one called __proto__', () => {
  const parse = (text: string): unknown => JSON.parse(text)
  const plain = JSON.stringify(valid())
  expect(() => decoded(parse(plain.replace('"n":1', '"n":1,"__proto__":1')))).toThrow(/__proto__/)
  expect(() => decoded(parse(plain.replace('"l":"pay"', '"l":"pay","__proto__":1')))).toThrow(/__proto__/)
})

test('a part that is missing is not inherited', () => {
  const { f: _, ...rest } = valid()
  expect(decoded(JSON.parse(JSON.stringify(rest).replace('{', '{"__proto__":{"f":1},'))).kind).toBe('malformed')
})

test.each([1.5, 2 ** 53, -2, '2', null])('the format %s is none', (f) => {
  expect(decoded({ ...valid(), f }).kind).toBe('malformed')
})
