import { type Coordinator, composeLog } from '@avout/core'
import type { Backend, Log, Primitives, Session } from '@avout/core/backend'
import type { SimBackend } from '@avout/core/testing'
import type { Client } from './client.js'
import { partsOf } from './composed/parts.js'
import type { Harness } from './harness.js'

/** Where a client of the engine has its coordinator, and where the refs live that scenarios look at. */
export interface Seat {
  readonly coordinator: Coordinator
  /** The coordinator's own values if absent. */
  readonly home?: Backend<'versions'> | undefined
}

/** Stands around a session's log: what it answers takes the place of methods. */
export type Around = (log: Log) => Partial<Log>

/** What scenarios run on: a store, and for those of the engine how clients sit on it. */
export interface Stage extends Harness {
  /** `beside` answers another store, in memory, the same for every client of a scenario. */
  seat?(beside: () => SimBackend, around?: Around): Seat
}

/** The store coordinates, by its own log, and keeps the values if it can. */
export function onItsLog(harness: Harness, offered: Partial<Primitives>): Stage {
  return staged(harness, (beside, around) => {
    const store = changed(harness.open(), around) as Backend<'log' | 'versions' | 'lock'>
    if (offered.versions !== undefined) return { coordinator: store }
    const { lock } = offered
    return { coordinator: { log: store, values: beside(), ...(lock === undefined ? {} : { lock: store }) } }
  })
}

/** The store coordinates by a log that core composes of its counter and its versions. */
export function onItsParts(harness: Harness): Stage {
  return staged(harness, (_, around) => {
    const store = harness.open() as Backend<'counter' | 'versions' | 'lock'>
    if (around === undefined) return { coordinator: without(store, 'log') }
    const parts = partsOf(store)
    const log = changed(composeLog({ counter: parts, slots: parts }), around)
    return { coordinator: { log, values: without(store, 'log') } }
  })
}

/** The store keeps values; another one coordinates. */
export function asHome(harness: Harness): Stage {
  return staged(harness, (beside, around) => ({
    coordinator: changed(beside(), around) as SimBackend,
    home: harness.open() as Backend<'versions'>,
  }))
}

/** The same store, its sessions changed. A harness may be an object of a class, so nothing of it is copied. */
export function reopened(harness: Harness, open: Harness['open']): Stage {
  return staged(harness, undefined, open)
}

function staged(harness: Harness, seat: Stage['seat'], open = () => harness.open()): Stage {
  const { restart, current } = harness
  return {
    open,
    close: () => harness.close(),
    ...(restart === undefined ? {} : { restart: () => restart.call(harness) }),
    ...(current === undefined ? {} : { current: (realm, ref) => current.call(harness, realm, ref) }),
    ...(seat === undefined ? {} : { seat }),
  }
}

function without<P extends keyof Primitives>(backend: Backend<P>, primitive: keyof Primitives): Backend<P> {
  return mapped(backend, (session) => ({ ...session, [primitive]: undefined }))
}

function changed<P extends keyof Primitives>(backend: Backend<P>, around: Around | undefined): Backend<P> {
  if (around === undefined) return backend
  return mapped(backend, (session) => {
    const { log } = session
    return log === undefined ? session : { ...session, log: { ...forwarded(log), ...around(log) } }
  })
}

function mapped<P extends keyof Primitives>(backend: Backend<P>, change: (session: Client) => Client): Backend<P> {
  return {
    specificationVersion: 1,
    id: backend.id,
    open: async (context) => change(plain(await backend.open(context))) as Session<P>,
  }
}

/** Sessions and logs may be objects of a class: these are objects whose methods can be copied. */
function plain(session: Client): Client {
  const { log, versions } = session
  return {
    ...(log === undefined ? {} : { log }),
    ...(versions === undefined ? {} : { versions }),
    ...(session.counter === undefined ? {} : { counter: session.counter.bind(session) }),
    ...(session.lock === undefined ? {} : { lock: session.lock.bind(session) }),
    ...(session.state === undefined ? {} : { state: session.state.bind(session) }),
    ping: () => session.ping(),
    close: () => session.close(),
  }
}

function forwarded(log: Log): Log {
  const { maxBytes, appendWith } = log
  return {
    ...(maxBytes === undefined ? {} : { maxBytes }),
    ...(appendWith === undefined ? {} : { appendWith: appendWith.bind(log) }),
    append: (record, after) => log.append(record, after),
    read: (after, limit) => log.read(after, limit),
    tail: () => log.tail(),
    floor: () => log.floor(),
    subscribe: (wake) => log.subscribe(wake),
    trim: (below) => log.trim(below),
  }
}
