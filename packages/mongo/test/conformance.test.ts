import { describeBackend } from '@avout/conformance/vitest'
import { start } from '@avout/servers'
import { MongoClient } from 'mongodb'
import { mongo } from '../src/index.js'

for (const kind of ['mongo', 'mongo-replica-set'] as const) {
  describeBackend(kind, async () => {
    const server = await start(kind)
    const client = new MongoClient(server.url, { directConnection: true })
    return {
      // Hundreds of calls at once, on machines that do other things besides: only what hangs should fail by time.
      open: () => mongo({ url: server.url, timeout: 20_000 }),
      restart: () => server.restart(),
      current: async (realm, ref) => {
        const current = client.db('avout').collection<{ _id: { realm: string; ref: string }; value: never }>('current')
        return (await current.findOne({ _id: { realm, ref } }))?.value
      },
      close: async () => {
        await client.close()
        await server.close()
      },
    }
  })
}
