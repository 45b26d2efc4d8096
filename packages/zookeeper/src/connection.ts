import { Calls } from './calls.js'
import * as codes from './drivers/codes.js'
import type { Create, Done, Driver, Handle, HandleOptions, Reply } from './drivers/driver.js'
import type { Where } from './errors.js'
import { Link } from './link.js'
import { Watches } from './watches.js'

export interface ConnectionOptions extends HandleOptions {
  readonly id: string
  /** Milliseconds that a call may take, the wait for a connection included. */
  readonly timeout: number
}

type Send = (handle: Handle, done: Done) => void

const NO_DATA = Buffer.alloc(0)

/** The connection that the sessions of a backend share: what can be asked through it, and which of it may be asked twice. */
export class Connection {
  readonly where: Where
  readonly hasMulti: boolean
  /** Whether the driver makes every node open, to be closed to others afterwards. */
  readonly #protects: boolean
  readonly #calls: Calls
  readonly #link: Link
  readonly #watches = new Watches()

  constructor(driver: Driver, options: ConnectionOptions) {
    this.where = { id: options.id, servers: options.servers }
    this.#calls = new Calls(() => this.#link, this.where, options.timeout)
    this.#link = new Link(driver, options, this.where, {
      up: () => this.#calls.up(),
      over: () => this.#calls.over(),
      renewed: () => this.#watches.fireAll(),
      fired: (path) => this.#watches.fire(path),
    })
    this.hasMulti = this.#link.handle?.multi !== undefined
    this.#protects = this.#link.handle?.protect !== undefined
  }

  /** Changes with each session of ZooKeeper: what was learned in another one may have been undone since by a rollback. */
  get epoch(): number {
    return this.#link.epoch
  }

  /** Whether a call would be sent at once. */
  get up(): boolean {
    return this.#link.up
  }

  onState(listener: Parameters<Link['onState']>[0]): () => void {
    return this.#link.onState(listener)
  }

  /** Resolves as soon as a call would be sent at once. */
  async ready(): Promise<void> {
    // A call that sends nothing, and so is answered when its turn has come.
    if (!this.up) await this.#call('connect', (_handle, done) => done({ code: codes.OK }), true)
  }

  /**
   * Made, or there already. It is not repeated: who knows whether it was made before the connection was lost. With `epoch` only in
   * that session, else NOT_SENT: a call that waits for a connection may find a store that has lost what its caller relies on.
   */
  create(path: string, data: Buffer, sequential = false, epoch?: number): Promise<Reply> {
    return this.#call('create a node', (handle, done) => handle.create({ path, data, sequential }, done), false, epoch)
  }

  /** With `epoch` only in that session, else NOT_SENT: in another one `version` may fit by chance, after a rollback. */
  set(path: string, data: Buffer, version: number, epoch?: number): Promise<Reply> {
    return this.#call('set a node', (handle, done) => handle.set(path, data, version, done), false, epoch)
  }

  /**
   * A write that changes nothing. Its answer comes from a quorum, so all that was acknowledged to anybody before it began has
   * happened before, also on the server that this connection reads from. Reading, or syncing and reading, promises less: a leader
   * that was paused, and replaced meanwhile, answers from what it knew.
   */
  touch(path: string): Promise<Reply> {
    return this.#call('reach a quorum', (handle, done) => handle.set(path, NO_DATA, -1, done), true)
  }

  get(path: string, fired?: () => void): Promise<Reply> {
    return this.#watched('read a node', path, fired, (handle, watch, done) => handle.get(path, watch, done), false)
  }

  /** A watch is also left where there is no node yet. */
  exists(path: string, fired?: () => void): Promise<Reply> {
    return this.#watched('read a node', path, fired, (handle, watch, done) => handle.exists(path, watch, done), true)
  }

  /** With `epoch` only in that session, else NOT_SENT. */
  remove(path: string, version = -1, epoch?: number): Promise<Reply> {
    return this.#call('delete a node', (handle, done) => handle.remove(path, version, done), version === -1, epoch)
  }

  children(path: string): Promise<Reply> {
    return this.#call('list nodes', (handle, done) => handle.children(path, done), true)
  }

  /** All or none. Only where `hasMulti`. With `epoch` only in that session, else NOT_SENT. */
  multi(creates: readonly Create[], epoch?: number): Promise<Reply> {
    return this.#call('create nodes', (handle, done) => handle.multi?.(creates, done), false, epoch)
  }

  /** Keeps a node that was made for others out of their reach, where that needs a call of its own. */
  async protect(path: string): Promise<void> {
    if (!this.#protects) return
    await this.#call('protect a node', (handle, done) => handle.protect?.(path, done), true)
  }

  unwatch(path: string, fired: () => void): void {
    this.#watches.delete(path, fired)
  }

  async close(): Promise<void> {
    this.#calls.close()
    await this.#link.close()
  }

  #watched(
    what: string,
    path: string,
    fired: (() => void) | undefined,
    send: (handle: Handle, watch: boolean, done: Done) => void,
    alsoAbsent: boolean,
  ): Promise<Reply> {
    if (fired === undefined) return this.#call(what, (handle, done) => send(handle, false, done), true)
    return this.#call(
      what,
      (handle, done) => {
        // Before it is sent: it may be told before the answer is looked at.
        this.#watches.add(path, fired)
        send(handle, true, (reply) => {
          if (reply.code !== codes.OK && !(alsoAbsent && reply.code === codes.NO_NODE))
            this.#watches.delete(path, fired)
          done(reply)
        })
      },
      true,
    )
  }

  #call(what: string, send: Send, again: boolean, epoch?: number): Promise<Reply> {
    return this.#calls.ask({ what, send, again, epoch })
  }
}
