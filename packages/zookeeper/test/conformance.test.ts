import { describeBackend } from '@avout/conformance/vitest'
import { start } from '@avout/servers'
import { zookeeper } from '../src/index.js'
import { DRIVERS } from './backends.js'
import { currentOf, rawClient } from './raw.js'

for (const driver of DRIVERS) {
  describeBackend(`zookeeper (${driver})`, async () => {
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
  })
}
