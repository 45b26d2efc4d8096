import { ask } from '../src/ask.js'
import { askMongo } from '../src/mongo-wire.js'
import { askPostgres } from '../src/postgres-wire.js'
import { askRedis } from '../src/redis.js'
import type { OwnServer } from '../src/server.js'
import { ServerProcess } from '../src/server-process.js'

/** Writes something to a server, and answers with a function that rejects if it is not there. */
export async function write(server: OwnServer): Promise<() => Promise<void>> {
  const first = server.nodes[0]
  if (!(first instanceof ServerProcess)) throw new Error('a server without a node')
  const { port } = first
  if (server.kind.startsWith('redis')) return await writeRedis(server)
  if (server.kind.startsWith('zookeeper')) return await writeZookeeper(port)
  if (server.kind.startsWith('mongo')) return await writeMongo(server)
  await askPostgres(port, 'create table kept (n int); insert into kept values (7)')
  return () => askPostgres(port, 'select 1 / (select count(*) from kept where n = 7)')
}

/** On a cluster, on each node, under a key that belongs there. */
async function writeRedis({ kind, nodes }: OwnServer): Promise<() => Promise<void>> {
  const keys = kind === 'redis-cluster' ? ['hello', 'c', 'foo'] : ['foo']
  const ports = nodes.flatMap((node) => (node instanceof ServerProcess ? [node.port] : []))
  for (const [index, port] of ports.entries()) await askRedis(port, 'SET', keys[index] ?? '', '7')
  return async () => {
    for (const [index, port] of ports.entries()) {
      if ((await askRedis(port, 'GET', keys[index] ?? '')) !== '7') throw new Error(`${keys[index]} is lost`)
    }
  }
}

async function writeMongo({ nodes }: OwnServer): Promise<() => Promise<void>> {
  const ports = nodes.flatMap((node) => (node instanceof ServerProcess ? [node.port] : []))
  const primary = async () => {
    for (const port of ports) if ((await askMongo(port, { hello: 1 })).isWritablePrimary === true) return port
    throw new Error('no primary')
  }
  await askMongo(await primary(), { insert: 'kept', documents: [{ _id: 7 }], writeConcern: { w: 'majority', j: true } })
  return async () => {
    const { n } = await askMongo(await primary(), { count: 'kept', query: { _id: 7 } })
    if (n !== 1) throw new Error('the document is lost')
  }
}

/** Opening a session is a write, with the next transaction number: it must not go back. */
async function writeZookeeper(port: number): Promise<() => Promise<void>> {
  const connect = Buffer.alloc(4 + 44)
  connect.writeInt32BE(44, 0)
  connect.writeInt32BE(30_000, 16)
  connect.writeInt32BE(16, 28)
  await ask(port, connect, (answer) => answer.length >= 4 + answer.readInt32BE(0))
  const last = async () => Number.parseInt(/^Zxid: (0x[\da-f]+)$/m.exec(String(await ask(port, 'srvr')))?.[1] ?? '', 16)
  const before = await last()
  if (!(before > 0)) throw new Error(`the session left no transaction: ${before}`)
  return async () => {
    const now = await last()
    if (!(now >= before)) throw new Error(`transaction ${before} is lost, the last is ${now}`)
  }
}
