import type { FamilyDefinition } from '../api/definitions.js'
import type { Range } from '../api/transaction.js'
import { usageError } from '../errors.js'
import type { Scope } from './scope.js'

/** Behind every key that begins with the text in front of it: strings are ordered by code units, and this is the last. */
export const LAST = '\uFFFF'

/** The keys of a family there are, in order; nobody may create or delete one in the range before this commits. */
export async function scanKeys(scope: Scope, family: FamilyDefinition<any>, range: Range): Promise<string[]> {
  if (family?.kind !== 'family') throw usageError('AVOUT_NOT_A_FAMILY', 'not a family: make one with defineFamily(…)')
  const { prefix = '', after, limit = Number.POSITIVE_INFINITY } = range
  const start = `${family.prefix}/`
  const from = after === undefined || after < prefix ? start + prefix : `${start + after}\0`
  const to = start + prefix + LAST
  const { run } = scope
  const { replica, overlay } = scope.owner.host
  run.scan(from, to, overlay.lastExistenceChange({ from, to }, run.order + 1))
  const keys: string[] = []
  for (const state of replica.states.between(from, to)) {
    if (keys.length >= limit) break
    const written = scope.buffer.get(state)
    const exists = written === undefined ? run.peek(state).exists : written.encoded !== undefined
    if (exists) keys.push(state.name.slice(start.length))
  }
  return keys
}

/** The same with their values. */
export async function scanEntries(
  scope: Scope,
  family: FamilyDefinition<any>,
  range: Range,
): Promise<[key: string, value: unknown][]> {
  const keys = await scanKeys(scope, family, range)
  const values = await Promise.all(keys.map((key) => scope.get(family(key))))
  return keys.map((key, i) => [key, values[i]])
}
