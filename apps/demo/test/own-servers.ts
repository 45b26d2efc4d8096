import { type OwnServer, start } from '@avout/servers'
import type { ServerName } from '../src/stores/assignment.js'

export const serverNames: readonly ServerName[] = ['redis', 'postgres', 'mongo', 'zookeeper']

/** One server of each kind that a test has to itself and may stop. */
export class OwnServers implements AsyncDisposable {
  readonly #servers: ReadonlyMap<ServerName, OwnServer>

  private constructor(servers: ReadonlyMap<ServerName, OwnServer>) {
    this.#servers = servers
  }

  static async start(): Promise<OwnServers> {
    return new OwnServers(
      new Map(await Promise.all(serverNames.map(async (name) => [name, await start(name)] as const))),
    )
  }

  get urls(): Readonly<Record<ServerName, string>> {
    return Object.fromEntries(serverNames.map((name) => [name, this.of(name).url])) as Record<ServerName, string>
  }

  of(name: ServerName): OwnServer {
    return this.#servers.get(name) as OwnServer
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#servers.values()].map((server) => server.close()))
  }
}
