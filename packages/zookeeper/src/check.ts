/**
 * What a store on the network refuses by itself, this one has to refuse on purpose: a mistake that passed here would
 * show only in production.
 */
function refuse(what: string, wanted: string, got: unknown): never {
  const shown = typeof got === 'number' || typeof got === 'bigint' ? `${got}` : got === null ? 'null' : typeof got
  throw new TypeError(`${what} must be ${wanted}, not ${shown}`)
}

export function checkString(what: string, value: unknown): void {
  if (typeof value !== 'string') refuse(what, 'a string', value)
}

export function checkName(what: string, value: unknown): void {
  if (typeof value !== 'string' || value === '') refuse(what, 'a string that is not empty', value)
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

/** Only the outermost: core has checked what it carries, and a walk through every value would cost more than storing it. */
export function checkData(what: string, value: unknown): void {
  const kind = typeof value
  if (value === undefined || kind === 'function' || kind === 'symbol' || kind === 'bigint') refuse(what, 'JSON', value)
}
