/** What PostgreSQL, or UTF-8, would change or refuse late, is refused early, with words that say what to mend. */
function refuse(what: string, wanted: string, got: unknown): never {
  const shown = typeof got === 'number' || typeof got === 'bigint' ? `${got}` : got === null ? 'null' : typeof got
  throw new TypeError(`${what} must be ${wanted}, not ${shown}`)
}

/** NUL is refused by PostgreSQL's text, and half a surrogate pair would silently become U+FFFD on its way there. */
const UNSTORABLE = /[\0\p{Surrogate}]/u

/** An index row holds some 2,700 bytes; a name and a version share one. */
const MOST_NAME_BYTES = 1024

function checkText(what: string, text: string): void {
  if (UNSTORABLE.test(text)) throw new TypeError(`${what} must not hold a NUL or half a surrogate pair`)
  if (text.length * 3 > MOST_NAME_BYTES && Buffer.byteLength(text) > MOST_NAME_BYTES) {
    throw new TypeError(`${what} must take ${MOST_NAME_BYTES} bytes at most, not ${Buffer.byteLength(text)}`)
  }
}

export function checkName(what: string, value: unknown): asserts value is string {
  if (typeof value !== 'string' || value === '') refuse(what, 'a string that is not empty', value)
  checkText(what, value)
}

export function checkString(what: string, value: unknown): asserts value is string {
  if (typeof value !== 'string') refuse(what, 'a string', value)
  checkText(what, value)
}

/** A safe integer, `least` or more. */
export function checkCount(what: string, value: unknown, least: number): void {
  if (!Number.isSafeInteger(value) || (value as number) < least) refuse(what, `an integer from ${least} on`, value)
}

export function checkBytes(what: string, value: unknown): void {
  if (!(value instanceof Uint8Array)) refuse(what, 'a Uint8Array', value)
}

export function checkFunction(what: string, value: unknown): void {
  if (typeof value !== 'function') refuse(what, 'a function', value)
}

/** Only the outermost: core has checked what it carries. */
export function checkData(what: string, value: unknown): void {
  const kind = typeof value
  if (value === undefined || kind === 'function' || kind === 'symbol' || kind === 'bigint') refuse(what, 'JSON', value)
}
