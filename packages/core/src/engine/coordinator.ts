import type { Composed, Coordinator } from '../api/options.js'
import type { AnySession, Home, Homes } from '../commit/homes.js'
import type { Backend, Primitives } from '../contracts/backend.js'
import type { Log } from '../contracts/log.js'
import { usageError } from '../errors.js'
import { composeLog } from '../log/compose-log.js'

/** The parts that a realm is coordinated by. */
export interface Coordination {
  readonly log: Log
  /** Where refs without `in` live; undefined where the coordinator keeps no values. */
  readonly values: Home | undefined
  readonly lock: Primitives['lock'] | undefined
  readonly counter: Primitives['counter'] | undefined
  /** Where atoms without `in` live; undefined where the coordinator keeps no plain state. */
  readonly state: Home | undefined
}

/** Opens a coordinator: one backend for all, or parts of several. */
export async function openCoordinator(coordinator: Coordinator, homes: Homes): Promise<Coordination> {
  if (!('open' in coordinator)) {
    if (coordinator.log === undefined) {
      throw usageError('AVOUT_COORDINATOR', 'a composed coordinator has at least { log }')
    }
    return openParts(coordinator, homes)
  }
  return openParts({ log: coordinator }, homes)
}

/** What is not named comes from the backend of the log, as far as it has it. */
async function openParts(
  parts: Omit<Composed, 'log'> & { readonly log: Backend<any> },
  homes: Homes,
): Promise<Coordination> {
  const home = homes.add(parts.log)
  const [stateHome, lockHome, counterHome] = [parts.state, parts.lock, parts.counter].map((part) =>
    homes.add(part ?? parts.log),
  ) as [Home, Home, Home]
  const opened = [home, stateHome, lockHome, counterHome].map((part) => part.ready())
  const [session, state, lock, counter] = (await Promise.all(opened)) as [
    AnySession,
    AnySession,
    AnySession,
    AnySession,
  ]
  const own = session.versions === undefined ? undefined : home
  return {
    log: session.log ?? (await composed(home, counterHome, homes)),
    values: parts.values === undefined ? own : homes.add(parts.values),
    lock: lock.lock?.bind(lock),
    counter: counter.counter?.bind(counter),
    state: state.state === undefined ? undefined : stateHome,
  }
}

/** A log from a counter and write-once values, for a backend without one of its own. */
async function composed(slots: Home, counter: Home, homes: Homes): Promise<Log> {
  const [slotSession, counterSession] = await Promise.all([slots.ready(), counter.ready()])
  if (counterSession.counter === undefined || slotSession.versions === undefined) throw noLog(slots.id)
  const { log } = await homes.add(composeLog({ counter: counter.backend, slots: slots.backend })).ready()
  return log as Log
}

function noLog(id: string): TypeError {
  return usageError(
    'AVOUT_COORDINATOR',
    `the backend "${id}" cannot coordinate: that takes a log, or a counter and versioned values (see composeLog)`,
  )
}
