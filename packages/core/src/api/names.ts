import { usageError } from '../errors.js'

/** What the stores can all hold, escaped, as part of a key. */
const MAX_NAME_BYTES = 512

/**
 * What is wrong with a name; undefined where it is one: not empty, without NUL (some stores cut a name there) or lone surrogates
 * (which are no UTF-8), and at most 512 bytes.
 */
export function nameFault(name: string): string | undefined {
  if (name === '') return 'is empty'
  if (name.includes('\0')) return 'holds a NUL: some stores cut it there'
  if (LONE_SURROGATE.test(name)) return 'holds half a surrogate pair'
  if (name.length * 3 <= MAX_NAME_BYTES || new TextEncoder().encode(name).length <= MAX_NAME_BYTES) return undefined
  return `is longer than ${MAX_NAME_BYTES} bytes`
}

/** A name as given, if it is one. */
export function checkName(what: string, name: unknown): string {
  if (typeof name !== 'string') throw usageError('AVOUT_NAME', `the name of a ${what} is a string, not ${typeof name}`)
  const fault = nameFault(name)
  if (fault === undefined) return name
  throw usageError('AVOUT_NAME', `the name of a ${what}, ${JSON.stringify(name.slice(0, 64))}, ${fault}`)
}

/** The name of a ref, or what the names of a family begin with: `~` is for what Avout itself keeps beside them. */
export function checkRefName(what: 'ref' | 'family', name: unknown): string {
  const checked = checkName(what, name)
  if (!checked.startsWith('~')) return checked
  throw usageError(
    'AVOUT_NAME',
    `the name of a ${what}, ${JSON.stringify(checked)}, begins with "~": such names are reserved`,
  )
}

const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/
