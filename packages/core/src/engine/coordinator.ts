import type { Coordinator } from '../api/options.js'
import type { Home, Homes } from '../commit/homes.js'
import type { Primitives } from '../contracts/backend.js'
import type { Log } from '../contracts/log.js'
import { usageError } from '../errors.js'
import { composeLog } from '../log/compose-log.js'

/** The parts that a realm is coordinated by. */
export interface Coordination {
  readonly log: Log
  /** Where refs without `in` live; undefined where the coordinator keeps no values. */
  readonly values: Home | undefined
  readonly lock: Primitives['lock'] | undefined
}

/** Opens a coordinator: one backend for all, or parts of several. */
export async function openCoordinator(coordinator: Coordinator, homes: Homes): Promise<Coordination> {
  if (!('open' in coordinator)) {
    const parts = coordinator
    if (parts.log === undefined || parts.values === undefined) {
      throw usageError('AVOUT_COORDINATOR', 'a composed coordinator has at least { log, values }')
    }
    const [log, lock] = await Promise.all([
      homes.add(parts.log).ready(),
      parts.lock === undefined ? undefined : homes.add(parts.lock).ready(),
    ])
    if (log.log === undefined) throw noLog(parts.log.id)
    return { log: log.log, values: homes.add(parts.values), lock: lock?.lock?.bind(lock) }
  }
  const home = homes.add(coordinator)
  const session = await home.ready()
  const values = session.versions === undefined ? undefined : home
  return { log: session.log ?? (await composed(home, homes)), values, lock: session.lock?.bind(session) }
}

/** A log from a counter and write-once values, for a backend without one of its own. */
async function composed(home: Home, homes: Homes): Promise<Log> {
  const { session, backend } = home
  if (session?.counter === undefined || session.versions === undefined) throw noLog(home.id)
  const { log } = await homes.add(composeLog({ counter: backend, slots: backend })).ready()
  return log as Log
}

function noLog(id: string): TypeError {
  return usageError(
    'AVOUT_COORDINATOR',
    `the backend "${id}" cannot coordinate: that takes a log, or a counter and versioned values (see composeLog)`,
  )
}
