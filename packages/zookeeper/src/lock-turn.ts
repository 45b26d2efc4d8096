import { UnavailableError } from '@avout/core'
import type { Clock } from '@avout/core/backend'
import * as codes from './drivers/codes.js'
import { errorOf } from './errors.js'
import { entryDataOf, type LockEntry } from './lock-entry.js'
import { blockerOf, placesOf } from './lock-queue.js'
import type { Realm } from './realm.js'
import { sleep } from './sleep.js'

/** How much longer than a lease, at least, others see nothing written before they delete it: its holder has stopped by then. */
const GRACE = 1.1
const GRACE_MS = 100
/** How long after a failure it is tried again, in ms. */
const AGAIN = 100

/**
 * Waits until it is the entry's turn. Answers false when the entry was deleted by others, or `stop` aborted. `own` tells of the
 * owner's other entries.
 */
export async function turnOf(
  realm: Realm,
  clock: Clock,
  lock: string,
  entry: LockEntry,
  own: () => ReadonlySet<string>,
  stop: AbortSignal,
): Promise<boolean> {
  while (!stop.aborted) {
    const names = await queueOf(realm, lock, entry)
    if (names === undefined) return false
    const blocker = blockerOf(placesOf(names), entry.place, own())
    if (blocker === undefined) return true
    await untilGone(realm, clock, `${lock}/${blocker}`, stop)
  }
  return false
}

/** The names in the queue, if the entry is among them. Whoever was there before it is then, unless gone already. */
async function queueOf(realm: Realm, lock: string, entry: LockEntry): Promise<readonly string[] | undefined> {
  for (const fresh of [false, true]) {
    // Another server may not know of it yet.
    if (fresh) await realm.pass()
    const { code, children = [] } = await realm.connection.children(lock)
    if (code !== codes.OK) throw errorOf(code, 'read the queue of a lock', realm.connection.where)
    if (children.includes(entry.place.name)) return children
  }
  return undefined
}

/** Waits until a node is gone, and deletes it if it was not written for as long as its lease lasts. */
async function untilGone(realm: Realm, clock: Clock, node: string, stop: AbortSignal): Promise<void> {
  let seen: { version: number; at: number } | undefined
  while (!stop.aborted) {
    const changed = new AbortController()
    const fired = () => changed.abort()
    try {
      const { code, data, stat } = await realm.connection.get(node, fired)
      if (code === codes.NO_NODE) return
      if (code !== codes.OK || stat === undefined) throw errorOf(code, 'watch a lock', realm.connection.where)
      // It was written before it was seen: so this is later than what its owner counts from.
      if (seen?.version !== stat.version) seen = { version: stat.version, at: clock.now() }
      const { lease } = entryDataOf(data)
      const left = seen.at + Math.max(lease * GRACE, lease + GRACE_MS) - clock.now()
      if (left > 0) {
        await sleep(clock, left, AbortSignal.any([changed.signal, stop]))
        continue
      }
      // Not if it was written meanwhile.
      const removed = await realm.connection.remove(node, stat.version)
      if (removed.code === codes.OK || removed.code === codes.NO_NODE) return
    } catch (error) {
      if (!UnavailableError.isInstance(error)) throw error
      await sleep(clock, AGAIN, stop)
    } finally {
      realm.connection.unwatch(node, fired)
    }
  }
}
