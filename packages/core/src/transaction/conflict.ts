import { ConflictError, type Rival } from '../errors.js'
import { NONE, type Version } from '../state/version.js'
import type { Dosync } from './dosync.js'

/** The error of a transaction that gave up: what it fought for, with whom, and how often. */
export function conflictError(dosync: Dosync<any>): ConflictError {
  const { refs, conflicts, conflict, options } = dosync
  const rival = conflict?.rival === undefined ? undefined : rivalOf(conflict.rival)
  const what = options.label ?? dosync.publicId
  const where = refs.length === 0 ? '' : ` on ${refs.join(', ')}`
  const whom = rival === undefined ? '' : ` against ${rival.label ?? rival.id} of client ${rival.client}`
  return new ConflictError(`${what} gave up after ${conflicts} tries${where}${whom}; nothing of it was committed`, {
    refs,
    rival,
    attempts: conflicts,
  })
}

/** Whose write it was. */
function rivalOf(version: Version): Rival | undefined {
  if (version.id === NONE) return undefined
  if (version.author !== undefined) return version.author
  return { id: version.id, client: version.id.slice(0, version.id.indexOf('.')) }
}
