import type { Data } from '../contracts/data.js'
import { IncompatibleError } from '../errors.js'
import { fromBase64, toBase64 } from '../values/base64.js'

/** What fills a hole: an entry of no bytes that nobody appended. */
export const FILLER: Data = null

const EMPTY = new Uint8Array()
const TEXT = 't'
const BASE64 = 'b'

const fatal = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const utf8 = new TextEncoder()

/**
 * The bytes of a record as a store keeps them: as text where they are text, so that a person can read them there, and as
 * base64 otherwise, and where the escapes of JSON would make the text longer than that. Some stores hold no NUL in a string.
 */
export function encodeSlot(record: Uint8Array): Data {
  const text = fitsAsText(record) ? asText(record) : undefined
  return text === undefined ? BASE64 + toBase64(record) : TEXT + text
}

/** Throws `IncompatibleError` for what no version of this code has written. */
export function decodeSlot(value: Data, position: number): Uint8Array {
  if (value === FILLER) return EMPTY
  if (typeof value === 'string') {
    if (value.startsWith(TEXT)) return utf8.encode(value.slice(1))
    const bytes = value.startsWith(BASE64) ? fromBase64(value.slice(1)) : undefined
    if (bytes !== undefined) return bytes
  }
  throw new IncompatibleError(
    `slot ${position} of the composed log holds what is no entry: something else writes there`,
  )
}

/** The largest record whose slot value is `json` bytes of JSON or less, whatever it holds. */
export function largestRecord(json: number): number {
  return Math.max(0, Math.floor((json - '"b"'.length) / 4) * 3)
}

/** Whether its JSON is no longer than that of its base64. */
function fitsAsText(record: Uint8Array): boolean {
  let left = Math.ceil(record.length / 3) * 4
  for (const byte of record) {
    if (byte === 0) return false
    if (byte === 0x22 || byte === 0x5c) left -= 2
    else left -= byte < 0x20 ? 6 : 1
  }
  return left >= 0
}

function asText(record: Uint8Array): string | undefined {
  try {
    return fatal.decode(record)
  } catch {
    return undefined // not UTF-8
  }
}
