import { UsageError } from './usage-error.js'

/** Both ends belong to it. */
export interface Range {
  readonly min: number
  /** No end if absent. */
  readonly max?: number
}

/** The value of an option that names a key of `table`. Throws `UsageError`, which lists them, if there is none of that name. */
export function oneOf<K extends string>(option: string, text: string, table: Readonly<Record<K, unknown>>): K {
  if (Object.hasOwn(table, text)) return text as K
  throw new UsageError(`${option} is one of ${Object.keys(table).join(', ')}, not "${text}"`)
}

/** The value of an option that is a count: decimal digits only. Throws `UsageError` for others, and beyond the range. */
export function wholeNumber(option: string, text: string, range: Range): number {
  return inRange(option, text, range, /^\d{1,15}$/, 'a whole number')
}

/** The value of an option that may have a fraction: `3`, `0.25`. Throws `UsageError` for others, and beyond the range. */
export function realNumber(option: string, text: string, range: Range): number {
  return inRange(option, text, range, /^\d{1,15}(\.\d{1,15})?$/, 'a number')
}

function inRange(option: string, text: string, { min, max }: Range, form: RegExp, what: string): number {
  const value = form.test(text) ? Number(text) : Number.NaN
  if (value >= min && (max === undefined || value <= max)) return value
  const range = max === undefined ? `of at least ${min}` : `from ${min} to ${max}`
  throw new UsageError(`${option} takes ${what} ${range}, not "${text}"`)
}
