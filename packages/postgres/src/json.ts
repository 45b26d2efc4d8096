import { AvoutError } from '@avout/core'
import type { Data } from '@avout/core/backend'

/**
 * The largest value, in bytes of JSON. `jsonb` keeps 12 bytes for each `1,` of a long list, and refuses more than 256 MB in one
 * value: this is what it holds whatever the value looks like, also as it is printed (see `LONG`).
 */
export const MAX_BYTES = 16 * 1024 * 1024

/** The one key of an object that carries a value as JSON text: for what `jsonb` cannot hold. */
const ENVELOPE = '$avout'

/** What JSON.stringify makes of NUL and of half a surrogate pair: `jsonb` refuses both. */
const REFUSED = /\\u(?:0000|d[89a-f])/

/** `jsonb` prints 1e308 in 309 digits: millions of such numbers could be written, and never be read. */
const LONG = 1024 * 1024
const EXPONENT = /\de[+-]\d/

type Fields = { readonly [key: string]: Data }

const isFields = (value: Data): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The JSON that `jsonb` takes for a value. Values are equal if and only if what `jsonb` keeps for them is. */
export function encode(value: Data): string {
  const text = JSON.stringify(value)
  if (!isRefused(text) && !(isFields(value) && isEnvelope(value))) return text
  return JSON.stringify({ [ENVELOPE]: canonical(value) })
}

const isRefused = (text: string) =>
  (text.includes('\\u') && REFUSED.test(text)) || (text.length > LONG && EXPONENT.test(text))

/** A value from the text that `jsonb` prints. */
export function decode(text: string): Data {
  const value = JSON.parse(text) as Data
  if (text[2] !== '$' || !isFields(value) || !isEnvelope(value)) return value
  const carried = value[ENVELOPE]
  return typeof carried === 'string' ? (JSON.parse(carried) as Data) : value
}

function isEnvelope(value: Fields): boolean {
  return Object.hasOwn(value, ENVELOPE) && Object.keys(value).length === 1
}

/** JSON with sorted keys: `jsonb` compares what is inside an envelope as text. */
function canonical(value: Data): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  if (!isFields(value)) return JSON.stringify(value)
  const keys = Object.keys(value).sort()
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key] as Data)}`).join()}}`
}

/** Throws for a value that is too large. Called for every write before its append: what is clearly small is not serialised. */
export function checkSize(value: Data): void {
  if (atMost(value, MAX_BYTES) >= 0) return
  const bytes = Buffer.byteLength(JSON.stringify(value))
  if (bytes > MAX_BYTES) {
    throw new AvoutError('invalid', 'AVOUT_VALUE', `the value takes ${bytes} bytes as JSON, the most is ${MAX_BYTES}`)
  }
}

/** What is left of `room` after the value, taken as large as JSON can make it; negative where that does not fit. */
function atMost(value: Data, room: number): number {
  if (typeof value === 'string') return room - 6 * value.length - 3
  if (typeof value !== 'object' || value === null) return room - 26
  let left = room - 2
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length && left >= 0; i++) left = atMost(value[i] as Data, left)
    return left
  }
  for (const key in value) {
    left = atMost((value as Fields)[key] as Data, left - 6 * key.length - 4)
    if (left < 0) return left
  }
  return left
}
