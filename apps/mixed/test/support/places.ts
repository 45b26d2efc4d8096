import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Server, shared } from '@avout/servers'
import { type ServerName, serverNames, type Urls } from '../../src/stores.js'

/** A realm that no test, and no run before, has used: servers may be shared, and they remember. */
export const newRealm = (): string => `mixed-${randomUUID().slice(0, 8)}`

/** The servers of the run, and how to give them back. */
export interface Place extends AsyncDisposable {
  readonly urls: Urls
}

/** Finds or starts the four. */
export async function placeOfServers(): Promise<Place> {
  const servers: Server[] = []
  const giveBack = async () => {
    await Promise.all(servers.map((server) => server.close()))
  }
  const found = await Promise.allSettled(serverNames.map(async (name) => servers.push(await shared(name))))
  const failed = found.find((outcome) => outcome.status === 'rejected')
  if (failed !== undefined) {
    await giveBack()
    throw failed.reason
  }
  const urls = Object.fromEntries(servers.map(({ kind, url }) => [kind, url])) as Record<ServerName, string>
  return { urls, [Symbol.asyncDispose]: giveBack }
}

/** An empty folder, removed at the end. */
export async function newFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'mixed-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}
