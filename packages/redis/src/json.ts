import { AvoutError } from '@avout/core'
import type { Data } from '@avout/core/backend'

/** The largest string that Redis takes (`proto-max-bulk-len`). */
export const MAX_BYTES = 512 << 20

/** JSON escapes lone surrogates, so what is stored is UTF-8, and comes back equal. Rejects what Redis can never hold. */
export function toText(value: Data): string {
  return checked(JSON.stringify(value))
}

/** JSON whose keys are sorted: equal for equal values. */
export function canonical(value: Data): string {
  return checked(write(value))
}

export function fromText(text: string): Data {
  return JSON.parse(text) as Data
}

function checked(text: string): string {
  // Three bytes at most for what is one unit here: most texts are small enough without being measured.
  if (text.length * 3 > MAX_BYTES && Buffer.byteLength(text) > MAX_BYTES) {
    throw new AvoutError(
      'invalid',
      'AVOUT_VALUE',
      `a value has more than ${MAX_BYTES} bytes of JSON, the most that Redis holds`,
    )
  }
  return text
}

function write(value: Data): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (isList(value)) return `[${value.map(write).join()}]`
  const fields = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${write(value[key] as Data)}`)
  return `{${fields.join()}}`
}

function isList(value: Data): value is readonly Data[] {
  return Array.isArray(value)
}
