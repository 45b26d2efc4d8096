import { usageError } from '../errors.js'

/** What the stores can all hold, escaped, as part of a key. */
const MAX_NAME_BYTES = 512

/**
 * A name as given, if it is one: not empty, without NUL (some stores cut a name there) or lone surrogates (which are no UTF-8), and
 * at most 512 bytes.
 */
export function checkName(what: string, name: unknown): string {
  if (typeof name !== 'string') throw usageError('AVOUT_NAME', `the name of a ${what} is a string, not ${typeof name}`)
  if (name === '') throw usageError('AVOUT_NAME', `the name of a ${what} is empty`)
  if (name.includes('\0')) {
    throw usageError(
      'AVOUT_NAME',
      `the name of a ${what}, ${JSON.stringify(name)}, holds a NUL: some stores cut it there`,
    )
  }
  if (LONE_SURROGATE.test(name)) {
    throw usageError('AVOUT_NAME', `the name of a ${what}, ${JSON.stringify(name)}, holds half a surrogate pair`)
  }
  if (name.length * 3 > MAX_NAME_BYTES && new TextEncoder().encode(name).length > MAX_NAME_BYTES) {
    throw usageError(
      'AVOUT_NAME',
      `the name of a ${what} is longer than ${MAX_NAME_BYTES} bytes: ${name.slice(0, 64)}…`,
    )
  }
  return name
}

const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/
