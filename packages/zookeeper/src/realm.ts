import type { Connection } from './connection.js'
import * as codes from './drivers/codes.js'
import type { Reply } from './drivers/driver.js'
import { errorOf } from './errors.js'
import { segmentOf } from './names.js'

const EMPTY = Buffer.alloc(0)

const PARTS = ['log', 'counters', 'locks', 'refs', 'states', 'fence', 'floor'] as const

/**
 * The nodes of one realm. Those made here are never deleted: a parent that was made again would number its children anew.
 *
 * - `log/0000000000`, `log/0000000001`, …: segments of the log; in them `e` and ten digits, the entries
 * - `floor`: the first position kept
 * - `refs/<name>`: what the ref is now; in it its versions
 * - `states/<name>`, `counters/<name>`, `locks/<name>`
 * - `fence`: written to reach a quorum
 */
export class Realm {
  readonly connection: Connection
  readonly path: string
  readonly log: string
  readonly floor: string
  readonly fence: string
  #made: { readonly epoch: number; readonly done: Promise<void> } | undefined
  #passing: Promise<void> | undefined

  constructor(connection: Connection, root: string, name: string) {
    this.connection = connection
    this.path = `${root}/${segmentOf('realm', name)}`
    this.log = `${this.path}/log`
    this.floor = `${this.path}/floor`
    this.fence = `${this.path}/fence`
  }

  /** The path of what is called `name` among the `kind`. */
  at(kind: 'counters' | 'locks' | 'refs' | 'states', name: string): string {
    return `${this.path}/${kind}/${segmentOf('name', name)}`
  }

  /** Makes the nodes that everything else is under, the first time in each session: servers that lost their data have none. */
  ready(): Promise<void> {
    const { epoch } = this.connection
    if (this.#made?.epoch === epoch) return this.#made.done
    const made = { epoch, done: this.#make() }
    this.#made = made
    made.done.catch(() => {
      if (this.#made === made) this.#made = undefined
    })
    return made.done
  }

  /** Makes a node that others are under. It may be there. With `epoch` it is made in that session or not at all. */
  async makeParent(path: string, epoch?: number): Promise<void> {
    const { code } = await this.connection.create(path, EMPTY, false, epoch)
    if (code === codes.OK) await this.connection.protect(path)
    else if (code !== codes.NODE_EXISTS && code !== codes.NOT_SENT)
      throw errorOf(code, 'create a node', this.connection.where)
  }

  /** Resolves after all that was acknowledged to anybody before the call has reached the server that this one reads from. */
  pass(): Promise<void> {
    // Who asks before it is sent shares it.
    this.#passing ??= Promise.resolve().then(() => {
      this.#passing = undefined
      return this.#touch()
    })
    return this.#passing
  }

  /** Reads a node as of now, not as of what a lagging server knows. */
  read(path: string): Promise<Reply> {
    return this.current(() => this.connection.get(path))
  }

  /** What `read` answers, as of now: it may be called again. */
  async current<T>(read: () => Promise<T>): Promise<T> {
    for (;;) {
      const { epoch } = this.connection
      await this.pass()
      const answer = await read()
      // A session keeps what it has seen; another one may begin at a server that lags.
      if (this.connection.epoch === epoch) return answer
    }
  }

  async #touch(): Promise<void> {
    await this.ready()
    const { code } = await this.connection.touch(this.fence)
    if (code !== codes.OK) throw errorOf(code, 'reach a quorum', this.connection.where)
  }

  async #make(): Promise<void> {
    let path = ''
    const above: string[] = []
    for (const name of this.path.split('/').slice(1)) {
      path += `/${name}`
      above.push(path)
    }
    // Looked at first: where others own the root, making it would be refused, though it is there.
    const found = await Promise.all(above.map((node) => this.connection.exists(node)))
    for (const [i, node] of above.entries()) if (found[i]?.code !== codes.OK) await this.makeParent(node)
    await Promise.all(PARTS.map((part) => this.makeParent(`${this.path}/${part}`)))
  }
}
