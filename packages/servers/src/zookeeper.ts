import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ask } from './ask.js'
import { zookeeperProgram } from './find/zookeeper.js'
import type { Kind } from './kinds.js'
import { freePort } from './ports.js'
import { ServerGroup, startAll } from './server-group.js'
import { type Program, type ServerProcess, startProcess } from './server-process.js'

/** A ZooKeeper alone. */
export function startZookeeper(): Promise<ServerProcess> {
  return startProcess('zookeeper', async (folder) => setUp('zookeeper', folder, await freePort(), []))
}

/** An ensemble of three. */
export async function startZookeeperThree(): Promise<ServerGroup> {
  const ports = await Promise.all([1, 2, 3].map(freePort))
  const lines = await Promise.all(
    ports.map(async (_, index) => `server.${index + 1}=127.0.0.1:${await freePort()}:${await freePort()}`),
  )
  const nodes = await startAll(ports.map((port, index) => startNode(port, index + 1, lines)))
  const url = ports.map((port) => `127.0.0.1:${port}`).join(',')
  const ensemble = new ServerGroup('zookeeper-three', url, nodes, () => haveLeader(ports))
  try {
    await ensemble.ready()
    return ensemble
  } catch (error) {
    await ensemble.close()
    throw error
  }
}

/** Resolves when the node serves, which it does once a majority is there: so all are started at the same time. */
function startNode(port: number, id: number, lines: readonly string[]): Promise<ServerProcess> {
  return startProcess('zookeeper-three', async (folder) => {
    await mkdir(join(folder, 'data'))
    await writeFile(join(folder, 'data', 'myid'), `${id}\n`)
    return await setUp('zookeeper-three', folder, port, lines)
  })
}

async function setUp(kind: Kind, folder: string, port: number, ensemble: readonly string[]): Promise<Program> {
  const { java, classpath } = await zookeeperProgram()
  const config = join(folder, 'zoo.cfg')
  // Short ticks: elections and expiries are a matter of ticks. Sessions may yet be as long as with the usual 2 s.
  const settings = [
    `clientPort=${port}`,
    'clientPortAddress=127.0.0.1',
    `dataDir=${join(folder, 'data')}`,
    'tickTime=200',
    'initLimit=50',
    'syncLimit=25',
    'minSessionTimeout=400',
    'maxSessionTimeout=60000',
    'maxClientCnxns=0',
    'admin.enableServer=false',
    '4lw.commands.whitelist=*',
    ...ensemble,
  ]
  await writeFile(config, `${settings.join('\n')}\n`)
  await writeFile(
    join(folder, 'log4j.properties'),
    `log4j.rootLogger=WARN, out
log4j.appender.out=org.apache.log4j.ConsoleAppender
log4j.appender.out.layout=org.apache.log4j.PatternLayout
log4j.appender.out.layout.ConversionPattern=%d{ISO8601} %p %c{1}: %m%n
`,
  )
  // It extends its log in steps of 64 MB of zeros: 4 MB are enough for tests.
  const options = [
    '-Xms64m',
    '-Xmx256m',
    '-XX:+UseSerialGC',
    '-Dzookeeper.preAllocSize=4096',
    '-Djava.awt.headless=true',
  ]
  const main = 'org.apache.zookeeper.server.quorum.QuorumPeerMain'
  return {
    kind,
    url: `127.0.0.1:${port}`,
    port,
    command: {
      file: java,
      args: [...options, '-cp', `${folder}:${classpath}`, main, config],
      endSignal: 'SIGKILL',
    },
    stopSignal: 'SIGTERM',
    ping: async () => {
      await modeOf(port)
    },
  }
}

async function haveLeader(ports: readonly number[]): Promise<void> {
  const modes = await Promise.all(ports.map(modeOf))
  if (!modes.includes('leader')) throw new Error(`No node is the leader: ${modes.join(', ')}`)
}

/** `standalone`, `leader` or `follower`; rejects while it does not serve. */
async function modeOf(port: number): Promise<string> {
  const answer = (await ask(port, 'srvr')).toString()
  const mode = /^Mode: (\w+)$/m.exec(answer)?.[1]
  if (mode === undefined) throw new Error(`ZooKeeper on port ${port} answers ${answer.trim() || 'nothing'}`)
  return mode
}
