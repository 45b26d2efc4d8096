import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { mongodProgram } from './find/mongod.js'
import type { Kind } from './kinds.js'
import { askMongo } from './mongo-wire.js'
import { freePort } from './ports.js'
import { type Program, type ServerProcess, startProcess } from './server-process.js'

/** The name of the replica sets. */
export const setName = 'avout'

/** MongoDB alone, with its default durability. */
export function startMongo(): Promise<ServerProcess> {
  return startProcess('mongo', (folder) => mongoProgram('mongo', folder, []))
}

/** One mongod. It answers also before it belongs to a replica set. */
export async function mongoProgram(kind: Kind, folder: string, options: readonly string[]): Promise<Program> {
  const file = await mongodProgram()
  const port = await freePort()
  const data = join(folder, 'data')
  await mkdir(data)
  const args = ['--port', `${port}`, '--bind_ip', '127.0.0.1', '--nounixsocket', '--dbpath', data]
  // A cache of half of the memory would be much for a test; its own diary of measurements is of no use here; and a node of a
  // replica set would wait up to 15 s for others before it stops.
  const parameters = ['diagnosticDataCollectionEnabled=false', 'shutdownTimeoutMillisForSignaledShutdown=100']
  return {
    kind,
    url: `mongodb://127.0.0.1:${port}/`,
    port,
    command: {
      file,
      args: [
        ...args,
        '--wiredTigerCacheSizeGB',
        '0.25',
        ...parameters.flatMap((parameter) => ['--setParameter', parameter]),
        ...options,
      ],
      endSignal: 'SIGKILL',
    },
    stopSignal: 'SIGTERM',
    ping: async () => {
      await askMongo(port, { hello: 1 })
    },
  }
}
