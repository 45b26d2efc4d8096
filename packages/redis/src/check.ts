/** What is no argument is refused before it reaches the store, where it would be a name or a value like any other. */
function refuse(what: string, wanted: string, got: unknown): never {
  const shown = typeof got === 'number' || typeof got === 'bigint' ? `${got}` : got === null ? 'null' : typeof got
  throw new TypeError(`${what} must be ${wanted}, not ${shown}`)
}

/** Node 20 has it, the library of types for ES2023 does not. */
type Text = string & { isWellFormed(): boolean }

export function checkString(what: string, value: unknown): void {
  if (typeof value !== 'string') refuse(what, 'a string', value)
  checkWellFormed(what, value)
}

export function checkName(what: string, value: unknown): void {
  if (typeof value !== 'string' || value === '') refuse(what, 'a string that is not empty', value)
  checkWellFormed(what, value)
}

/** Half a surrogate pair has no UTF-8: two names that differ in it would be one key. */
function checkWellFormed(what: string, value: string): void {
  if (!(value as Text).isWellFormed()) throw new TypeError(`${what} holds half a surrogate pair, which no key can hold`)
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
