import { AvoutError, UnavailableError } from '@avout/core'
import { NoAnswer } from './within.js'

/** The driver's errors by what they are, not by class: the user's client may come from another copy of it. */
interface DriverError extends Error {
  readonly code?: unknown
}

/** A slot, a version or a name is taken. */
export const DUPLICATE_KEY = 11000

/** `create` found a collection or a view of that name. */
export const NAMESPACE_EXISTS = 48

/** A document was asked to become what is none: how `slots.ts` makes a missing entry fail its command. */
export const NO_DOCUMENT = 40228

/** `$changeStream` is for replica sets. */
export const NO_CHANGE_STREAM = 40573

/** Refused before anything was done. Running it again cannot help. */
const REFUSED: Readonly<Record<number, string>> = {
  2: 'a bad value',
  9: 'it does not parse',
  13: 'the user is not authorized',
  14: 'a wrong type',
  18: 'authentication failed',
  59: 'the server does not know this command',
  72: 'invalid options',
  73: 'an invalid name',
  323: 'it is not part of the stable API',
  8000: 'authentication failed',
  10334: 'the document is too large',
}

/** Refused by the driver, before anything was sent. */
const UNSENT: ReadonlySet<string> = new Set([
  'BSONError',
  'BSONRuntimeError',
  'BSONVersionError',
  'MongoCompatibilityError',
  'MongoInvalidArgumentError',
  'MongoMissingCredentialsError',
  'MongoMissingDependencyError',
])

/** Where a call went, for its errors: hosts and ports, never credentials. */
export interface Place {
  readonly id: string
  readonly address: string
}

/** What a driver's error means: `invalid` where nothing was done and nothing can be, else `unavailable`: it may have been done. */
export function toAvoutError(error: unknown, what: string, { id, address }: Place): AvoutError {
  if (AvoutError.isInstance(error)) return error
  const where = `${id} at ${address}`
  if (error instanceof NoAnswer) return new UnavailableError(`${where}: ${what}: ${error.message}`, id)
  const { code, name } = error instanceof Error ? (error as DriverError) : { code: undefined, name: typeof error }
  const refused = typeof code === 'number' ? REFUSED[code] : undefined
  if (refused !== undefined || UNSENT.has(name)) {
    const reason = refused === undefined ? name : `${refused} (${code})`
    return new AvoutError('invalid', 'AVOUT_MONGO_REFUSED', `${where}: ${what} was refused: ${reason}`, {
      cause: error,
    })
  }
  const reason = typeof code === 'number' ? `${name} ${code}` : name
  return new UnavailableError(`${where}: ${what} failed: ${reason}`, id, { cause: error })
}

/** An error that a reply carries beside its success, in the form of one that is thrown. */
export function replyError(of: { readonly code?: number; readonly errmsg?: string }, name: string): Error {
  return Object.assign(new Error(of.errmsg ?? name), { name, code: of.code })
}
