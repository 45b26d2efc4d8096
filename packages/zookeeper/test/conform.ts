import { describeBackend } from '@avout/conformance/vitest'
import { start } from '@avout/servers'
import { zookeeper } from '../src/index.js'
import type { Driver } from './backends.js'
import { currentOf, rawClient } from './raw.js'

/** All scenarios, with a driver and a server of its own: each driver has a file, so that they run at the same time. */
export function describeDriver(driver: Driver): void {
  describeBackend(
    `zookeeper (${driver})`,
    async () => {
      const server = await start('zookeeper')
      const raw = await rawClient(server.url)
      return {
        open: () => zookeeper({ connection: server.url, driver }),
        restart: () => server.restart(),
        current: (realm, ref) => currentOf(raw, realm, ref),
        close: async () => {
          await raw.close()
          await server.close()
        },
      }
    },
    // Beside other tests on a small machine: only what hangs should fail by time.
    { timeout: 60_000 },
  )
}
