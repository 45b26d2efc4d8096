import type { Kind } from './kinds.js'
import type { OwnServer } from './server.js'
import type { ServerProcess } from './server-process.js'

/** Several processes that are one server: a cluster, a replica set, an ensemble, a pooler and what it stands before. */
export class ServerGroup implements OwnServer {
  readonly kind: Kind
  readonly url: string
  readonly nodes: readonly OwnServer[]
  readonly #members: readonly ServerProcess[]
  readonly #ping: () => Promise<void>

  /** @param ping Resolves if the whole does its work: a majority with a leader, not only every process. */
  constructor(kind: Kind, url: string, members: readonly ServerProcess[], ping: () => Promise<void>) {
    this.kind = kind
    this.url = url
    this.nodes = members
    this.#members = members
    this.#ping = ping
  }

  get pid(): number | undefined {
    return this.pids[0]
  }

  get pids(): readonly number[] {
    return this.#members.flatMap(({ pids }) => pids)
  }

  async start(): Promise<void> {
    await this.#all((member) => (member.pid === undefined ? member.launch() : undefined))
    await this.ready()
  }

  /** Waits until the whole does its work. */
  async ready(): Promise<void> {
    await this.#members[0]?.ready(this.#ping)
  }

  stop(): Promise<void> {
    return this.#all((member) => member.stop())
  }

  kill(): Promise<void> {
    return this.#all((member) => member.kill())
  }

  async restart(): Promise<void> {
    await this.stop()
    await this.start()
  }

  pause(): Promise<void> {
    return this.#all((member) => member.pause())
  }

  resume(): Promise<void> {
    return this.#all((member) => member.resume())
  }

  ping(): Promise<void> {
    return this.#ping()
  }

  close(): Promise<void> {
    return this.#all((member) => member.close())
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #all(step: (member: ServerProcess) => Promise<void> | undefined): Promise<void> {
    await Promise.all(this.#members.map(step))
  }
}

/** Makes several processes, and closes those that came if one did not. */
export async function startAll(starting: readonly Promise<ServerProcess>[]): Promise<ServerProcess[]> {
  const settled = await Promise.allSettled(starting)
  const started = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const failed = settled.find((one) => one.status === 'rejected')
  if (failed === undefined) return started
  await Promise.all(started.map((server) => server.close()))
  throw failed.reason
}
