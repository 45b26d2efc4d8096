import { mongoProgram, setName } from './mongo.js'
import { askMongo } from './mongo-wire.js'
import { ServerGroup, startAll } from './server-group.js'
import { startProcess } from './server-process.js'

/**
 * A replica set of one node or of three. Elections begin after 2 s without a primary, not 10: a test waits for them. All
 * else, durability included, is the default.
 */
export async function startMongoSet(kind: 'mongo-replica-set' | 'mongo-three'): Promise<ServerGroup> {
  const count = kind === 'mongo-three' ? 3 : 1
  const nodes = await startAll(
    Array.from({ length: count }, () =>
      startProcess(kind, (folder) => mongoProgram(kind, folder, ['--replSet', setName])),
    ),
  )
  const ports = nodes.map(({ port }) => port)
  const hosts = ports.map((port) => `127.0.0.1:${port}`)
  const url = `mongodb://${hosts.join(',')}/?replicaSet=${setName}`
  const set = new ServerGroup(kind, url, nodes, () => haveParts(ports))
  try {
    const members = hosts.map((host, _id) => ({ _id, host }))
    const settings = { electionTimeoutMillis: 2000 }
    await askMongo(ports[0] ?? 0, { replSetInitiate: { _id: setName, members, settings } })
    await set.ready()
    return set
  } catch (error) {
    await set.close()
    throw error
  }
}

/** One primary that takes writes, and the others are its secondaries. */
async function haveParts(ports: readonly number[]): Promise<void> {
  const answers = await Promise.all(ports.map((port) => askMongo(port, { hello: 1 })))
  const primaries = answers.filter((answer) => answer.isWritablePrimary === true)
  const secondaries = answers.filter((answer) => answer.secondary === true)
  if (primaries.length !== 1 || secondaries.length !== ports.length - 1)
    throw new Error(`${primaries.length} primaries and ${secondaries.length} secondaries of ${ports.length} nodes`)
}
