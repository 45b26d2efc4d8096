import { clusterBusOffset } from './ports.js'
import { askRedis, redisProgram } from './redis.js'
import { ServerGroup, startAll } from './server-group.js'
import { startProcess } from './server-process.js'

const slots = 16_384

/** A cluster of three masters without replicas, each with a third of the slots. Syncs at every write. */
export async function startRedisCluster(): Promise<ServerGroup> {
  const options = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000']
  const masters = await startAll(
    [1, 2, 3].map(() => startProcess('redis-cluster', () => redisProgram('redis-cluster', 'always', options))),
  )
  const ports = masters.map(({ port }) => port)
  const cluster = new ServerGroup('redis-cluster', `redis://127.0.0.1:${ports[0]}`, masters, () => allAgree(ports))
  try {
    await Promise.all(ports.map(giveSlots))
    const [first = 0, ...others] = ports
    for (const port of others)
      await askRedis(first, 'CLUSTER', 'MEET', '127.0.0.1', `${port}`, `${port + clusterBusOffset}`)
    await cluster.ready()
    return cluster
  } catch (error) {
    await cluster.close()
    throw error
  }
}

/** Its third of the slots. Also an epoch of its own, before it meets the others: else they would have to settle whose counts. */
async function giveSlots(port: number, index: number, ports: readonly number[]): Promise<void> {
  const from = Math.floor((slots * index) / ports.length)
  const to = Math.floor((slots * (index + 1)) / ports.length)
  // Slot by slot, as the command that takes ranges came with Redis 7.
  const mine = Array.from({ length: to - from }, (_, slot) => `${from + slot}`)
  await askRedis(port, 'CLUSTER', 'ADDSLOTS', ...mine)
  await askRedis(port, 'CLUSTER', 'SET-CONFIG-EPOCH', `${index + 1}`)
}

async function allAgree(ports: readonly number[]): Promise<void> {
  for (const port of ports) {
    const said = await askRedis(port, 'CLUSTER', 'INFO')
    for (const line of ['cluster_state:ok', `cluster_known_nodes:${ports.length}`, `cluster_slots_ok:${slots}`]) {
      if (!said.includes(line)) throw new Error(`The node on port ${port} does not say ${line} yet`)
    }
  }
}
