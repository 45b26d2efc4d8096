import { refusal } from '../commit/folds.js'
import { ConflictError, OutcomeUnknownError, type Rival, UnavailableError } from '../errors.js'
import { NONE, type Version } from '../state/version.js'
import type { Dosync } from './dosync.js'

/** The error of a transaction that gave up: what it fought for, with whom, and how often. */
export function conflictError(dosync: Dosync<any>): ConflictError {
  const { contested, conflicts, conflict, title } = dosync
  const rival = conflict?.rival === undefined ? undefined : rivalOf(conflict.rival)
  const where = contested === '' ? '' : ` on ${contested}`
  const whom = rival === undefined ? '' : ` against ${rival.label ?? rival.id} of client ${rival.client}`
  return new ConflictError(`${title} gave up after ${conflicts} tries${where}${whom}; nothing of it was committed`, {
    refs: contested === '' ? [] : [contested],
    rival,
    attempts: conflicts,
  })
}

/** Its time is up, and no other transaction is to blame. */
export function timeoutError({ pending, timeout, title }: Dosync<any>): UnavailableError {
  const doing = pending === undefined ? 'its body was running' : 'its record is waiting to be sent'
  const message = `${title} did not end within ${timeout} ms of running: ${doing}`
  return new UnavailableError(message, '', { code: 'AVOUT_TIMEOUT' })
}

/** It was interrupted behind the point where that can be certain. */
export function unknownError({ publicId }: Dosync<any>, cause: unknown): OutcomeUnknownError {
  const message = `it is not known whether ${publicId} was committed: its record was sent, and nobody waits for the verdict any more`
  return new OutcomeUnknownError(message, publicId, { cause })
}

/** What it was to do to a ref is not possible with the value that is there. */
export function refusedError({ scope }: Dosync<any>, ref: string): Error {
  const write = scope.buffer.writes.items.find(({ state }) => state.name === ref)
  return refusal(ref, write?.steps ?? [])
}

/** Whose write it was. */
function rivalOf(version: Version): Rival | undefined {
  if (version.id === NONE) return undefined
  if (version.author !== undefined) return version.author
  return { id: version.id, client: version.id.slice(0, version.id.indexOf('.')) }
}
