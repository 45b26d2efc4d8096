/**
 * A process that has servers started for others and stops them when it ends, usage: `node host.js <socket> [install]`.
 * The folder of the socket is the host's own, and removed at its end.
 *
 * There are two of them. `pnpm test` starts one for each run, as its child: the tests of all packages get their shared
 * servers from it, so that each kind is started at most once and two packages that ask at the same time need no lock, and
 * the pipe to `pnpm test` tells it when the run is over, however that ended. `pnpm servers up` starts the other, detached.
 */
import { rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { dirname } from 'node:path'
import { installAll } from './find/install-all.js'
import { askHost, type HostAnswer, type HostAsk, type HostedServer } from './host-client.js'
import type { Kind } from './kinds.js'
import { endAllServers } from './launch.js'
import type { OwnServer } from './server.js'
import { start } from './start.js'
import { messageOf, reasonOf } from './until.js'

interface Entry {
  readonly server: Promise<OwnServer>
  readonly since: number
}

const servers = new Map<Kind, Entry>()
const path = process.argv[2]
if (path === undefined) throw new TypeError('usage: node host.js <socket>')
const listener = createServer({ allowHalfOpen: true }, (socket) => void serve(socket))

async function serve(socket: Socket): Promise<void> {
  // Who asked may be gone before the answer; that is no matter of the others.
  socket.on('error', () => socket.destroy())
  let text = ''
  for await (const chunk of socket.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    text += chunk
    if (text.endsWith('\n')) break
  }
  const ask: HostAsk = JSON.parse(text)
  let answer: HostAnswer
  try {
    answer = { pid: process.pid, ...(await answerTo(ask)) }
  } catch (error) {
    answer = { pid: process.pid, error: messageOf(error) }
  }
  socket.end(`${JSON.stringify(answer)}\n`, () => {
    if (ask.ask === 'end') void end()
  })
}

async function answerTo(ask: HostAsk): Promise<Partial<HostAnswer>> {
  switch (ask.ask) {
    case 'find':
    case 'get': {
      const alive = await living(ask.kind)
      if (alive !== undefined) return { url: alive.url }
      return ask.ask === 'find' ? {} : { url: (await begin(ask.kind)).url }
    }
    case 'close':
      await forget(ask.kind)
      return {}
    case 'list':
      return { servers: (await Promise.all([...servers].map(hosted))).flat() }
    case 'end':
      return {}
  }
}

/** The server of a kind if there is one that answers. One that does not is closed, so that it can be started anew. */
async function living(kind: Kind): Promise<OwnServer | undefined> {
  const entry = servers.get(kind)
  if (entry === undefined) return undefined
  const server = await entry.server
  if ((await reasonOf(server.ping())) === undefined) return server
  if (servers.get(kind) === entry) await forget(kind)
  return undefined
}

function begin(kind: Kind): Promise<OwnServer> {
  const entry = servers.get(kind) ?? { server: start(kind), since: Date.now() }
  servers.set(kind, entry)
  return entry.server.catch((error: unknown) => {
    if (servers.get(kind) === entry) servers.delete(kind)
    throw error
  })
}

async function forget(kind: Kind): Promise<void> {
  const entry = servers.get(kind)
  servers.delete(kind)
  await (await entry?.server)?.close()
}

async function hosted([kind, entry]: [Kind, Entry]): Promise<HostedServer[]> {
  const { url, pids } = await entry.server
  return [{ kind, url, pids, since: entry.since }]
}

async function end(): Promise<void> {
  await endAllServers()
  await rm(dirname(String(path)), { recursive: true, force: true })
  process.exit(0)
}

/** A socket of a host that was killed stays: it is taken over if nobody answers at it. */
async function listen(): Promise<void> {
  if ((await askHost(String(path), { ask: 'list' })) !== undefined)
    throw new Error(`There is a host at ${path} already`)
  await rm(String(path), { force: true })
  await new Promise<void>((resolve, reject) => listener.once('error', reject).listen(path, resolve))
}

process.on('disconnect', () => void end())
process.on('SIGTERM', () => void end())
// The terminal's interrupt reaches the whole group; the run that this host belongs to ends it when its tests have ended.
process.on('SIGINT', () => {})
if (process.argv[3] === 'install') await installAll((line) => process.stdout.write(`${line}\n`))
await listen()
process.send?.('ready')
