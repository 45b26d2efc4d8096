import { AvoutError, IncompatibleError, LogDivergedError, UnavailableError } from '@avout/core'
import { DIVERGED, WRONG_ISOLATION } from './sql/log-functions.js'

/** Rolled back whole, for a reason that is gone when it runs again: serialization, deadlock, lock. */
const AGAIN = new Set(['40001', '40P01', '55P03', WRONG_ISOLATION])

/** Something that is not there, or that the role must not touch. */
const MISSING = new Set(['3F000', '42P01', '42703', '42883', '42501'])

/** A named statement that a pooler gave to another connection: not there, or there already. */
const POOLED = new Set(['26000', '42P05'])

/** The SQLSTATE of what the server answered; undefined for what happened on the way. */
export function sqlState(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !code.startsWith('E') ? code : undefined
}

export const isWrongIsolation = (error: unknown): boolean => sqlState(error) === WRONG_ISOLATION
export const isPooled = (error: unknown): boolean => POOLED.has(sqlState(error) ?? '')

/** Certainly not applied, and worth another try. */
export const runsAgain = (error: unknown): boolean => AGAIN.has(sqlState(error) ?? '')

/** The connection broke: what was asked on it may have been done. */
export const isLost = (error: unknown): boolean => {
  const state = sqlState(error)
  return state === undefined ? !AvoutError.isInstance(error) : /^(08|57P)/.test(state)
}

/**
 * A driver's error as one of ours, by SQLSTATE. What the server says in words, which may hold data, is not passed on where it
 * refuses data. Anything that is not known to have been rolled back is 'unavailable': its outcome is unknown.
 */
export function mapped(error: unknown, id: string, where: string): unknown {
  if (AvoutError.isInstance(error) || error instanceof TypeError || error instanceof RangeError) return error
  const state = sqlState(error)
  const reason = error instanceof Error ? error.message : String(error)
  if (state === undefined) return new UnavailableError(`"${id}" at ${where}: ${reason}`, id, { cause: error })
  if (state === DIVERGED) {
    const lost = 'the log ends before an entry that the caller of append has seen: entries were lost'
    return new LogDivergedError(`"${id}" at ${where}: ${lost}`, [], { cause: error })
  }
  if (/^(22|23|54)/.test(state)) {
    return new AvoutError('invalid', 'AVOUT_REFUSED', `"${id}" at ${where} refuses this data (SQLSTATE ${state})`)
  }
  if (MISSING.has(state)) {
    const help = 'the schema is not what this version makes, or the role lacks a right: see migration(schema)'
    return new IncompatibleError(`"${id}" at ${where}: ${reason} (SQLSTATE ${state}): ${help}`, { cause: error })
  }
  return new UnavailableError(`"${id}" at ${where}: ${reason} (SQLSTATE ${state})`, id, { cause: error })
}
