import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import { hasCode } from './process-tree.js'

/** Redis Cluster talks among its nodes on the port 10,000 above, which must be free and below the range of the system. */
export const clusterBusOffset = 10_000

/**
 * A free port of 127.0.0.1, from 10,000 to 21,999. Not one that the system picks: those (32,768 and up) are given to
 * outgoing connections too, and one of these could sit on the port while its server is being restarted.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = randomInt(10_000, 22_000)
    if (given.has(port)) continue
    if ((await isFree(port)) && (await isFree(port + clusterBusOffset))) {
      given.add(port)
      return port
    }
  }
  throw new Error('No free port of 127.0.0.1 between 10000 and 21999 in 200 attempts')
}

/** Ports that this process has given out, so that it does not give one twice before its server listens. */
const given = new Set<number>()

/** Whether nobody listens on a port of 127.0.0.1. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error) => (hasCode(error, 'EADDRINUSE', 'EACCES') ? resolve(false) : reject(error)))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)))
  })
}
