import { checkName } from '../api/names.js'
import type { Composed, Coordinator } from '../api/options.js'
import type { AnySession, Home, Homes } from '../commit/homes.js'
import type { Backend, Primitives } from '../contracts/backend.js'
import type { Counter } from '../contracts/counter.js'
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
    checkParts(coordinator)
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
  checkOffered('state', parts.state, state)
  checkOffered('lock', parts.lock, lock)
  checkOffered('counter', parts.counter, counter)
  const own = session.versions === undefined ? undefined : home
  return {
    log: session.log ?? (await composed(home, counterHome, homes)),
    values: parts.values === undefined ? own : homes.add(parts.values),
    lock: lock.lock?.bind(lock),
    counter: counter.counter?.bind(counter),
    state: state.state === undefined ? undefined : stateHome,
  }
}

/** A counter of the coordinator's. Throws a TypeError where it has none. */
export function counterOf({ counter }: Coordination, name: string): Counter {
  if (counter !== undefined) return counter(checkName('counter', name))
  throw usageError('AVOUT_NO_COUNTER', `the coordinator has no counters: connect with { counter: … } to count ${name}`)
}

const PARTS: readonly string[] = ['log', 'values', 'lock', 'counter', 'state'] satisfies (keyof Composed)[]

/** A misspelt part must not be the log's own in disguise. */
function checkParts(coordinator: Composed): void {
  if (coordinator.log === undefined) {
    throw usageError('AVOUT_COORDINATOR', 'a composed coordinator has at least { log }')
  }
  const unknown = Object.keys(coordinator).find((key) => !PARTS.includes(key))
  if (unknown === undefined) return
  throw usageError('AVOUT_COORDINATOR', `a coordinator has no part "${unknown}": there are ${PARTS.join(', ')}`)
}

/** What is named for a part has to have it: otherwise the first who needs it would be told to name one. */
function checkOffered(part: 'state' | 'lock' | 'counter', named: Backend<any> | undefined, session: AnySession): void {
  if (named === undefined || session[part] !== undefined) return
  throw usageError(
    'AVOUT_COORDINATOR',
    `the backend "${named.id}" is named as the coordinator's ${part}, but has none to offer`,
  )
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
