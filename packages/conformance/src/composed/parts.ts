import { composeLog } from '@avout/core'
import type { Backend, Counter, Log, VersionedStateContainer } from '@avout/core/backend'
import type { Bench } from '../bench.js'
import { type Client, openClient } from '../client.js'

/** Where `composeLog` keeps its slots and its first counter: part of its format. */
const SLOTS = '~log'
const COUNTER = '~log'

type Write = <T>(write: () => Promise<T>) => Promise<T>

/** A backend without a log of its own: what is offered of it is what a log is composed of. */
export function partsOf(backend: Backend<never>, realm?: string): Backend<'counter' | 'versions'> {
  return {
    specificationVersion: 1,
    id: backend.id,
    open: async (context) => {
      const session: Client = await backend.open({ ...context, realm: realm ?? context.realm })
      const { counter, versions } = session
      if (counter === undefined || versions === undefined) throw new TypeError('a log needs a counter and versions')
      return { counter, versions, ping: () => session.ping(), close: () => session.close() }
    },
  }
}

/**
 * A composed log of the store, in a session that is closed at the end. `write` stands around each of its writes of a slot;
 * `counterRealm` is the realm that it takes its counter from.
 */
export async function composedLog(bench: Bench, write?: Write, counterRealm?: string): Promise<Log> {
  const slots = partsOf(bench.backend())
  const counter = counterRealm === undefined ? slots : partsOf(bench.backend(), counterRealm)
  const backend = composeLog({ counter, slots: write === undefined ? slots : around(slots, write) })
  return bench.offered(bench.adopt(await openClient(backend, bench.realm)).log)
}

/** The parts behind a composed log's back. */
export async function rawParts(bench: Bench): Promise<{ counter: Counter; slots: VersionedStateContainer }> {
  const { counter, versions } = await bench.client()
  const slots = bench.offered(versions).container(SLOTS)
  await slots.initVersionedStateContainer()
  return { counter: bench.offered(counter)(COUNTER), slots }
}

function around(backend: Backend<'versions'>, write: Write): Backend<'versions'> {
  return {
    specificationVersion: 1,
    id: backend.id,
    open: async (context) => {
      const { versions, ping, close } = await backend.open(context)
      const container = (ref: string): VersionedStateContainer => {
        const inner = versions.container(ref)
        if (ref !== SLOTS) return inner
        return {
          initVersionedStateContainer: () => inner.initVersionedStateContainer(),
          destroyVersionedStateContainer: () => inner.destroyVersionedStateContainer(),
          getStateAt: (version) => inner.getStateAt(version),
          deleteStateAt: (version) => inner.deleteStateAt(version),
          setStateAt: (value, version) => write(() => inner.setStateAt(value, version)),
        }
      }
      return { versions: { container }, ping, close }
    },
  }
}
