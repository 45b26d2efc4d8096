import type { Data } from '@avout/core/backend'

function refuse(what: string, wanted: string, got: unknown): never {
  const shown = typeof got === 'number' || typeof got === 'bigint' ? `${got}` : got === null ? 'null' : typeof got
  throw new TypeError(`${what} must be ${wanted}, not ${shown}`)
}

/** Native since Node 20, and not in the types of the language version that we compile for. */
type Checked = string & { isWellFormed(): boolean }

/** False where a half of a surrogate pair stands alone: UTF-8, and so BSON, cannot hold it, and the driver would replace it. */
export const isWellFormed = (text: string): boolean => (text as Checked).isWellFormed()

export function checkString(what: string, value: unknown): void {
  if (typeof value !== 'string') refuse(what, 'a string', value)
  if (!isWellFormed(value as string))
    throw new TypeError(`${what} holds half of a surrogate pair, which BSON cannot hold`)
}

export function checkName(what: string, value: unknown): void {
  if (typeof value !== 'string' || value === '') refuse(what, 'a string that is not empty', value)
  checkString(what, value)
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

/** Only the outermost: what is within is looked at when it is encoded. */
export function checkData(what: string, value: unknown): asserts value is Data {
  const kind = typeof value
  if (value === undefined || kind === 'function' || kind === 'symbol' || kind === 'bigint') refuse(what, 'JSON', value)
}
