import type { Health } from '../api/avout.js'
import type { Homes } from '../commit/homes.js'
import type { Ingest } from '../commit/ingest.js'
import type { Redo } from '../commit/redo.js'
import type { Replica } from '../replay/replica.js'

interface Parts {
  readonly replica: Replica
  readonly ingest: Ingest
  readonly redo: Redo
}

/** How a client and its backends are. A backend that was never needed is `connecting`, and no reason to worry. */
export function healthOf({ replica, ingest, redo }: Parts, homes: Homes, isStopped: boolean): Health {
  const backends: Record<string, Health['backends'][string]> = Object.create(null)
  let ok = !isStopped
  for (const home of homes.values()) {
    const { state, error } = home
    if (state === 'down') ok = false
    backends[home.id] = { state, redoBacklog: redo.size(home), ...(error === undefined ? undefined : { error }) }
  }
  return { ok, position: replica.position, lag: ingest.lag, backends }
}
