import { askHost, keptSocket, runVariable } from './host-client.js'
import { checkKind, type Kind, variableOf } from './kinds.js'
import type { OwnServer, Server } from './server.js'
import { start } from './start.js'

/**
 * A server that everybody uses together: the one whose URL the environment names; else one that `pnpm servers up` keeps;
 * else the one of this run of `pnpm test`, started when first asked for; else one of this process, started when first asked
 * for and stopped when the last who asked has closed it. Installs the program if it is not there, and rejects with a list of
 * what was tried if it is not to be had.
 */
export async function shared(kind: Kind): Promise<Server> {
  const url = process.env[variableOf(checkKind(kind))]
  if (url) return borrowed(kind, url)
  const kept = await askHost(keptSocket(), { ask: 'find', kind })
  if (kept?.url !== undefined) return borrowed(kind, kept.url)
  const run = process.env[runVariable]
  if (!run) return await ownedByProcess(kind)
  const ofRun = await askHost(run, { ask: 'get', kind })
  if (ofRun?.url === undefined)
    throw new Error(
      `Nobody answers at ${run}, which ${runVariable} says has the servers of this run. Has the run ended?`,
    )
  return borrowed(kind, ofRun.url)
}

/** It is somebody else's to stop. */
function borrowed(kind: Kind, url: string): Server {
  return { kind, url, close: async () => {} }
}

const own = new Map<Kind, { server: Promise<OwnServer>; users: number }>()

async function ownedByProcess(kind: Kind): Promise<Server> {
  const entry = own.get(kind) ?? { server: start(kind), users: 0 }
  own.set(kind, entry)
  entry.users++
  let closed = false
  const close = async () => {
    if (closed) return
    closed = true
    entry.users--
    if (entry.users > 0) return
    if (own.get(kind) === entry) own.delete(kind)
    await (await entry.server).close()
  }
  try {
    const { url } = await entry.server
    return { kind, url, close }
  } catch (error) {
    if (own.get(kind) === entry) own.delete(kind)
    throw error
  }
}
