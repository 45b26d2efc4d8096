import type { FamilyDefinition } from '../api/definitions.js'
import type { Range } from '../api/transaction.js'
import { usageError } from '../errors.js'
import type { Replica } from '../replay/replica.js'
import { IN_FLIGHT, type Version } from '../state/version.js'
import type { Scan } from './run.js'
import type { Scope } from './scope.js'

/** The first text behind all that begin with `prefix`, ordered by code units; undefined where there is none. */
export function endOf(prefix: string): string | undefined {
  let last = prefix.length - 1
  while (last >= 0 && prefix.charCodeAt(last) === 0xffff) last--
  return last < 0 ? undefined : prefix.slice(0, last) + String.fromCharCode(prefix.charCodeAt(last) + 1)
}

/** The keys of a family there are, in order; nobody may create or delete one in the range before this commits. */
export async function scanKeys(scope: Scope, family: FamilyDefinition<any>, range: Range): Promise<string[]> {
  if (family?.kind !== 'family') throw usageError('AVOUT_NOT_A_FAMILY', 'not a family: make one with defineFamily(…)')
  const { prefix = '', after, limit = Number.POSITIVE_INFINITY } = range
  const start = `${family.prefix}/`
  const from = after === undefined || after < prefix ? start + prefix : `${start + after}\0`
  let to = endOf(start + prefix) as string // it holds a slash
  const { run } = scope
  const { replica, overlay } = scope.owner.host
  const names: string[] = []
  for (const state of replica.states.between(from, to)) {
    if (names.length >= limit) break
    const written = scope.buffer.get(state)
    if (written === undefined ? run.see(state).exists : written.exists) names.push(state.name)
  }
  const last = names.at(-1)
  if (names.length >= limit) to = last === undefined ? from : `${last}\0` // nothing behind it was looked at
  const expected = overlay.lastExistenceChange({ from, to }, run.order + 1)
  run.scan({ from, to, expected, at: replica.position }, replica.window.window)
  return names.map((name) => name.slice(start.length))
}

/** Whether a key in the range was created or deleted since the scan, `last` being the last time that happened. */
export function isStale({ expected, at }: Scan, last: Version | undefined, { position, window }: Replica): boolean {
  if (at < position - window.window) return true
  // None is remembered where the expected one has left the window; one that was in flight has not, it has fallen.
  return last === undefined ? expected?.position === IN_FLIGHT : last !== expected
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
