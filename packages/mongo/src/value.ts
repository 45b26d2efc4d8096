import { AvoutError } from '@avout/core'
import type { Data } from '@avout/core/backend'
import { BSON, type Document } from 'mongodb'
import { isWellFormed } from './check.js'
import { MAX_BYTES } from './layout.js'

/** A value as fields of a document, and no fewer bytes than they take. */
export interface Encoded {
  readonly fields: { readonly value: Data } | { readonly json: string }
  readonly bytes: number
}

/** MongoDB nests 180 levels, of which documents, commands and views take some. */
const NATIVE_DEPTH = 128

/** Deeper than core lets through, and no deeper than the machine's stack. */
const DEEPEST = 2000

/** What is not larger by an estimate needs no exact measure. */
const SMALL = 1 << 20

/**
 * A value is kept as BSON, as a person would write it. BSON, the server and the driver change or refuse some values: keys with
 * NUL, `$`, `_bsontype` or `__proto__`, halves of surrogate pairs, great depth, lists that grow beyond 16 MiB because BSON numbers
 * their items. Such a value is kept whole as JSON text, in `json` instead of `value`. Throws for what fits in neither form.
 */
export function encodeValue(value: Data): Encoded {
  const estimate = measure(value, 1)
  if (estimate <= SMALL) return { fields: { value }, bytes: estimate }
  const json = toJson(value, 0)
  const bytes = Buffer.byteLength(json)
  if (bytes > MAX_BYTES) {
    throw new AvoutError('invalid', 'AVOUT_VALUE_SIZE', `a value of ${bytes} bytes: MongoDB holds ${MAX_BYTES} at most`)
  }
  if (Number.isNaN(estimate)) return { fields: { json }, bytes }
  const native = BSON.calculateObjectSize({ value } as Document)
  return native <= MAX_BYTES + OVERHEAD ? { fields: { value }, bytes: native } : { fields: { json }, bytes }
}

/** Undefined where the document holds no value. */
export function decodeValue({ value, json }: Document): Data | undefined {
  return json === undefined ? value : (JSON.parse(json) as Data)
}

/** Of `{ value: '…' }` around a text: what JSON takes, BSON takes too. */
const OVERHEAD = 16

/** At least as many bytes as BSON takes; NaN where it cannot hold the value as it is. */
function measure(value: Data, depth: number): number {
  if (typeof value === 'string') return isWellFormed(value) ? 3 * value.length + 8 : Number.NaN
  if (typeof value !== 'object' || value === null) return 9
  if (depth > NATIVE_DEPTH) return Number.NaN
  let bytes = 8
  if (isList(value)) {
    for (const item of value) bytes += 10 + measure(item, depth + 1)
    return bytes
  }
  for (const key of Object.keys(value)) {
    if (!isPlainKey(key)) return Number.NaN
    bytes += 3 * key.length + 2 + measure(value[key] as Data, depth + 1)
  }
  return bytes
}

function isPlainKey(key: string): boolean {
  if (key.startsWith('$') || key === '_bsontype' || key === '__proto__') return false
  return !key.includes('\0') && isWellFormed(key)
}

/** Unlike `JSON.stringify` it keeps -0 apart from 0, as BSON does. */
function toJson(value: Data, depth: number): string {
  if (depth > DEEPEST)
    throw new AvoutError('invalid', 'AVOUT_VALUE_DEPTH', `a value nests deeper than ${DEEPEST} levels`)
  if (Object.is(value, -0)) return '-0'
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (isList(value)) return `[${value.map((item) => toJson(item, depth + 1)).join()}]`
  const fields = Object.keys(value).map((key) => `${JSON.stringify(key)}:${toJson(value[key] as Data, depth + 1)}`)
  return `{${fields.join()}}`
}

function isList(value: Data): value is readonly Data[] {
  return Array.isArray(value)
}
