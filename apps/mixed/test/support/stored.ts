import type { Avout } from '@avout/core'
import type { Backend, Clock, Primitives, Session } from '@avout/core/backend'
import type { Stores } from '../../src/stores.js'

/** The machine's clock. */
const clock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      const timer = setTimeout(resolve, ms)
      const abort = () => {
        clearTimeout(timer)
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', abort, { once: true })
    }),
}

interface Opened<P extends keyof Primitives> extends AsyncDisposable {
  readonly session: Session<P>
}

/** A session of a store, past every client of the realm. */
export async function sessionOf<P extends keyof Primitives>(backend: Backend<P>, realm: string): Promise<Opened<P>> {
  const session = await backend.open({ realm, clock, report: () => undefined })
  return { session, [Symbol.asyncDispose]: () => session.close() }
}

/** The names of the refs whose current values are in their containers. The client only says which refs and versions there are. */
export async function valuesStored(client: Avout, stores: Stores): Promise<string[]> {
  const stored: string[] = []
  for await (const { name, in: home, version } of client.list()) {
    const backend = Object.values(stores).find(({ id }) => id === home) as Backend<'versions'>
    await using opened = await sessionOf(backend, client.realm)
    if ((await opened.session.versions.container(name).getStateAt(version)) !== undefined) stored.push(name)
  }
  return stored
}
