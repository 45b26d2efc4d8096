import { AvoutError, IncompatibleError, UnavailableError } from '@avout/core'
import * as codes from './drivers/codes.js'

/** Where a backend is and what it is called: for messages, which never name credentials or data. */
export interface Where {
  readonly id: string
  readonly servers: string
}

const shown = ({ id, servers }: Where): string => `ZooKeeper "${id}" at ${servers}`

/** What is not an answer, as ours, by its code. */
export function errorOf(code: number, what: string, where: Where): AvoutError {
  if (code === codes.NO_AUTH) {
    const text = `${shown(where)} does not allow to ${what}: give { auth } of who made the nodes, or change their access lists`
    return new AvoutError('invalid', 'AVOUT_ZOOKEEPER_NO_AUTH', text)
  }
  return unavailable(`cannot ${what}: ${codes.nameOf(code)}`, where)
}

/** Nobody knows whether it was applied, unless it says "not sent". */
export const unavailable = (what: string, where: Where): UnavailableError =>
  new UnavailableError(`${shown(where)} ${what}`, where.id)

/** One of several things failed, whatever it says of itself: the others may have been done. */
export function unfinished(cause: unknown, where: Where): unknown {
  const saysNothingWasDone = AvoutError.isInstance(cause) && (cause.kind === 'invalid' || cause.kind === 'diverged')
  if (!saysNothingWasDone) return cause
  return new UnavailableError(`${shown(where)} did a part only: ${cause.message}`, where.id, { cause })
}

export const tooLarge = (what: string, bytes: number, limit: number): AvoutError =>
  new AvoutError('invalid', 'AVOUT_RECORD_SIZE', `${what} of ${bytes} bytes does not fit: ZooKeeper takes ${limit}`)

/** Something else has written where only Avout writes, or deleted. */
export const foreign = (what: string, where: Where): IncompatibleError =>
  new IncompatibleError(`${shown(where)}: ${what}`)
