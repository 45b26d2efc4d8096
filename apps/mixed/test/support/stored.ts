import type { Avout } from '@avout/core'
import type { Backend, Clock } from '@avout/core/backend'
import type { Stores } from '../../src/stores.js'

/** Whatever asks for time here does so to wait for a connection. */
const clock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, ms)
      signal?.addEventListener(
        'abort',
        () => {
          clearTimeout(timer)
          reject(signal.reason)
        },
        { once: true },
      )
    }),
}

/** The names of the refs whose current values are in their containers, asked without a client of the realm. */
export async function valuesStored(client: Avout, stores: Stores, realm: string): Promise<string[]> {
  const stored: string[] = []
  for await (const { name, in: home, version } of client.list()) {
    const backend = Object.values(stores).find(({ id }) => id === home) as Backend<'versions'>
    const session = await backend.open({ realm, clock, report: () => undefined })
    try {
      if ((await session.versions.container(name).getStateAt(version)) !== undefined) stored.push(name)
    } finally {
      await session.close()
    }
  }
  return stored
}
