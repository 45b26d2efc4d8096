import fc from 'fast-check'
import type { Data } from '../../src/contracts/data.js'
import { money } from './money.js'

/** Keys that have hurt somebody: prototypes, tags, indexes, nothing at all. */
const hostileKeys = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'toJSON',
  '',
  '~',
  '~date',
  '~~',
  '0',
  '$a.b',
]

export const key = fc.oneof(fc.string(), fc.constantFrom(...hostileKeys))

/** Any UTF-16, lone surrogates included. */
export const anyString = fc.array(fc.nat(0xffff), { maxLength: 8 }).map((units) => String.fromCharCode(...units))

export const number = fc.oneof(fc.integer(), fc.double({ noDefaultInfinity: true, noNaN: true })).map((n) => n + 0)

function objectOf<T>(item: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> {
  return fc.uniqueArray(fc.tuple(key, item), { selector: ([name]) => name, maxLength: 4 }).map(Object.fromEntries)
}

const scalar = fc.oneof(fc.constant(null), fc.boolean(), number, anyString)

export const data: fc.Arbitrary<Data> = fc.letrec<{ any: Data }>((tie) => ({
  any: fc.oneof({ maxDepth: 4 }, scalar, fc.array(tie('any'), { maxLength: 4 }), objectOf(tie('any'))),
})).any

/** Anything that the codec carries, nested in anything else; without -0, which is not carried. */
export const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.bigInt(),
    fc.date({ noInvalidDate: true }),
    fc.uint8Array({ maxLength: 8 }),
    money,
    fc.array(tie('any'), { maxLength: 4 }),
    objectOf(tie('any')),
    fc.array(fc.tuple(tie('any'), tie('any')), { maxLength: 4 }).map((pairs) => new Map(pairs)),
    fc.array(tie('any'), { maxLength: 4 }).map((items) => new Set(items)),
  ),
})).any
