import { checkKind, type Kind } from './kinds.js'
import { startMongo } from './mongo.js'
import { startMongoSet } from './mongo-replica-set.js'
import { startPgbouncer } from './pgbouncer.js'
import { startPostgres } from './postgres.js'
import { startRedis } from './redis.js'
import { startRedisCluster } from './redis-cluster.js'
import type { OwnServer } from './server.js'
import { PortTakenError } from './server-process.js'
import { startZookeeper, startZookeeperThree } from './zookeeper.js'

const starts: Readonly<Record<Kind, () => Promise<OwnServer>>> = {
  redis: () => startRedis('redis'),
  'redis-everysec': () => startRedis('redis-everysec'),
  'redis-cluster': startRedisCluster,
  postgres: () => startPostgres(),
  pgbouncer: startPgbouncer,
  mongo: startMongo,
  'mongo-replica-set': () => startMongoSet('mongo-replica-set'),
  'mongo-three': () => startMongoSet('mongo-three'),
  zookeeper: startZookeeper,
  'zookeeper-three': startZookeeperThree,
}

/**
 * Starts a server for the caller alone, on a free port of 127.0.0.1 and in a temporary folder. It ends with `close`, at the
 * latest when this process does, however that ends. Installs the program if it is not there, and rejects with a list of
 * what was tried if it is not to be had.
 */
export async function start(kind: Kind): Promise<OwnServer> {
  const startKind = starts[checkKind(kind)]
  for (let attempt = 1; ; attempt++) {
    try {
      return await startKind()
    } catch (error) {
      if (attempt === 3 || !(error instanceof PortTakenError)) throw error
    }
  }
}
