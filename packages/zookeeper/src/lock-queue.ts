import { numberOf } from './segments.js'

export type Mode = 'read' | 'write'

/** `upgrade`: who reads already wants to write. */
export type Kind = Mode | 'upgrade'

/** A node in the queue of a lock. Its name says all that others have to know to find their turn. */
export interface Place {
  readonly name: string
  readonly kind: Kind
  readonly number: number
}

const LETTERS: Readonly<Record<string, Kind>> = { r: 'read', w: 'write', u: 'upgrade' }

/** What the server adds its number to. */
export const prefixOf = (kind: Kind): string => `${kind.slice(0, 1)}-`

/** The queue, in the order in which its nodes were made. What is not named as they are is none of ours. */
export function placesOf(names: readonly string[]): Place[] {
  const places: Place[] = []
  for (const name of names) {
    const kind = LETTERS[name.slice(0, 1)]
    if (kind !== undefined && /^.-\d{10}$/.test(name)) places.push({ name, kind, number: numberOf(name) })
  }
  return places.sort((a, b) => a.number - b.number)
}

/**
 * Whom `mine` has to wait for next: undefined when it is its turn. `own` are the names of its owner's other nodes.
 *
 * - A writer waits for whoever is before it: for the last of them, so that each waits for another one and nobody wakes a herd.
 * - A reader waits for the last writer before it.
 * - An upgrade comes before the writers that wait: none of them can be granted while its owner reads. It waits for the readers that
 *   may hold the lock, those before the first writer; and its owner's read stays in the queue as long as it does.
 */
export function blockerOf(places: readonly Place[], mine: Place, own: ReadonlySet<string>): string | undefined {
  const before = places.filter(({ name, number }) => number < mine.number && !own.has(name))
  if (mine.kind === 'write') return before.at(-1)?.name
  if (mine.kind === 'read') return before.findLast(({ kind }) => kind !== 'read')?.name
  const rival = before.findLast(({ kind }) => kind === 'upgrade')
  if (rival !== undefined) return rival.name
  const writer = before.findIndex(({ kind }) => kind === 'write')
  return (writer < 0 ? before : before.slice(0, writer)).at(-1)?.name
}
