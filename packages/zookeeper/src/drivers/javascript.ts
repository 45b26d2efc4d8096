import type { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import * as codes from './codes.js'
import type { Create, Done, Driver, Events, Handle, HandleOptions, Reply, Stat } from './driver.js'
import { Frames } from './frames.js'

interface Failure {
  readonly code?: unknown
}

type Answer<A extends readonly unknown[]> = (error: Failure | null | undefined, ...answer: A) => void

/** What this needs of node-zookeeper-client 1.1, which has no types of its own. */
interface Client {
  readonly connectionManager: Manager
  on(event: 'state', listener: (state: unknown) => void): void
  connect(): void
  close(): void
  addAuthInfo(scheme: string, auth: Buffer): void
  create(path: string, data: Buffer, acl: readonly unknown[], mode: number, done: Answer<[string]>): void
  setData(path: string, data: Buffer, version: number, done: Answer<[Stat]>): void
  getData(path: string, watcher: Watcher | undefined, done: Answer<[Buffer | undefined, Stat]>): void
  exists(path: string, watcher: Watcher | undefined, done: Answer<[Stat | null]>): void
  remove(path: string, version: number, done: Answer<[]>): void
  getChildren(path: string, watcher: Watcher | undefined, done: Answer<[string[], Stat]>): void
  transaction(): Transaction
}

interface Transaction {
  create(path: string, data: Buffer, acl: readonly unknown[], mode: number): Transaction
  commit(done: Answer<[({ path?: string } | undefined)[] | undefined]>): void
}

type Watcher = (event: { readonly path: string }) => void

interface Manager {
  socket?: Socket
  connectTimeoutHandler: NodeJS.Timeout | null
  onSocketData(buffer: Buffer): void
  onSocketConnected(): void
  findNextServer(found: (server: unknown) => void): void
  onPacketQueueReadable(): void
  readonly packetQueue: EventEmitter
}

interface Module {
  createClient(servers: string, options: { sessionTimeout: number; spinDelay: number; retries: number }): Client
  readonly State: Readonly<Record<'SYNC_CONNECTED' | 'DISCONNECTED' | 'EXPIRED' | 'AUTH_FAILED', unknown>>
  readonly ACL: Readonly<Record<'OPEN_ACL_UNSAFE' | 'CREATOR_ALL_ACL', readonly unknown[]>>
  readonly CreateMode: Readonly<Record<'PERSISTENT' | 'PERSISTENT_SEQUENTIAL', number>>
}

/** How long a server may take to hang up after a goodbye, in ms. */
const GOODBYE = 500

/** How long it may take to say anything on a new connection, in ms, at first: each that was given up doubles it. */
const GREETING = 500

export function javascriptDriver(loaded: { readonly default: unknown }): Driver {
  const module = loaded.default as Module
  return {
    name: 'node-zookeeper-client',
    open: (options, events) => new JavascriptHandle(module, options, events),
  }
}

class JavascriptHandle implements Handle {
  readonly #client: Client
  readonly #acl: readonly unknown[]
  readonly #modes: Module['CreateMode']
  /** The driver keeps one and the same function for a path once. */
  readonly #watcher: Watcher
  #closed = false

  constructor(module: Module, { servers, sessionTimeout, auth }: HandleOptions, events: Events) {
    const { State, ACL, CreateMode } = module
    this.#client = module.createClient(servers, { sessionTimeout, spinDelay: 200, retries: 0 })
    this.#acl = auth === undefined ? ACL.OPEN_ACL_UNSAFE : ACL.CREATOR_ALL_ACL
    this.#modes = CreateMode
    this.#watcher = ({ path }) => events.fired(path)
    this.#client.on('state', (state) => {
      if (state === State.SYNC_CONNECTED) events.up()
      else if (state === State.DISCONNECTED) events.down()
      else if (state === State.EXPIRED) events.ended('the session expired')
      else if (state === State.AUTH_FAILED) events.ended('the authentication was refused')
    })
    mend(this.#client.connectionManager, () => this.#closed)
    if (auth !== undefined) this.#client.addAuthInfo(auth.scheme, Buffer.from(auth.credentials))
    this.#client.connect()
  }

  create({ path, data, sequential }: Create, done: Done): void {
    this.#client.create(path, data, this.#acl, this.#mode(sequential), (error, made) =>
      done(error ? failed(error) : { code: codes.OK, path: made }),
    )
  }

  set(path: string, data: Buffer, version: number, done: Done): void {
    this.#client.setData(path, data, version, (error, stat) => done(error ? failed(error) : { code: codes.OK, stat }))
  }

  get(path: string, watch: boolean, done: Done): void {
    this.#client.getData(path, watch ? this.#watcher : undefined, (error, data, stat) =>
      done(error ? failed(error) : { code: codes.OK, data: data ?? Buffer.alloc(0), stat }),
    )
  }

  exists(path: string, watch: boolean, done: Done): void {
    this.#client.exists(path, watch ? this.#watcher : undefined, (error, stat) =>
      done(error ? failed(error) : stat ? { code: codes.OK, stat } : { code: codes.NO_NODE }),
    )
  }

  remove(path: string, version: number, done: Done): void {
    this.#client.remove(path, version, (error) => done(error ? failed(error) : { code: codes.OK }))
  }

  children(path: string, done: Done): void {
    this.#client.getChildren(path, undefined, (error, children) =>
      done(error ? failed(error) : { code: codes.OK, children }),
    )
  }

  multi(creates: readonly Create[], done: Done): void {
    // Creates alone: in a transaction this driver takes an expected version 0 for "any".
    const transaction = this.#client.transaction()
    for (const { path, data, sequential } of creates) transaction.create(path, data, this.#acl, this.#mode(sequential))
    transaction.commit((error, results) => done(error ? failed(error) : { code: codes.OK, path: results?.[0]?.path }))
  }

  async close(force: boolean): Promise<void> {
    this.#closed = true
    const manager = this.#client.connectionManager
    const { socket } = manager
    // Nothing was sent yet, and nothing will be.
    if (socket === undefined) return
    this.#client.close()
    if (manager.connectTimeoutHandler !== null) clearTimeout(manager.connectTimeoutHandler)
    if (socket.destroyed) return
    if (!force && !socket.connecting) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, GOODBYE)
        socket.once('close', () => {
          clearTimeout(timer)
          resolve()
        })
      })
    }
    socket.destroy()
  }

  #mode(sequential: boolean): number {
    return sequential ? this.#modes.PERSISTENT_SEQUENTIAL : this.#modes.PERSISTENT
  }
}

/**
 * Faults of the driver. It goes on to connect after it was closed. What was left of an answer when a connection broke is put
 * before the answers of the next one, which are not understood then. Many small answers that arrive together cost the square of their
 * number, and each request is written by itself: those of one moment are written together here. It waits for ever where a server
 * that is just starting takes a connection and says nothing on it. And what it does not understand (an error code that is newer than
 * itself, say) it throws, out of an event of a socket: that would end the process. In both cases the connection is given up, and made
 * again by the driver.
 */
function mend(manager: Manager, closed: () => boolean): void {
  const { onSocketData, onSocketConnected, onPacketQueueReadable, findNextServer } = manager
  const frames = new Frames()
  let patience = GREETING
  let greeting: NodeJS.Timeout | undefined
  manager.findNextServer = function (this: Manager, found: (server: unknown) => void) {
    findNextServer.call(this, (server) => {
      if (!closed()) found(server)
    })
  }
  manager.onSocketConnected = function (this: Manager) {
    frames.clear()
    onSocketConnected.call(this)
    const { socket } = this
    const silent = () => {
      if (socket?.destroyed) return
      patience *= 2
      socket?.destroy()
    }
    clearTimeout(greeting)
    greeting = setTimeout(silent, patience)
    // What waits for the connection has a timer of its own.
    greeting.unref()
  }
  let corked = false
  manager.onPacketQueueReadable = () => {
    const { socket } = manager
    if (!corked && socket !== undefined) {
      corked = true
      socket.cork()
      process.nextTick(() => {
        corked = false
        socket.uncork()
      })
    }
    onPacketQueueReadable.call(manager)
  }
  manager.packetQueue.removeAllListeners('readable')
  manager.packetQueue.on('readable', manager.onPacketQueueReadable)
  manager.onSocketData = function (this: Manager, piece: Buffer) {
    clearTimeout(greeting)
    patience = GREETING
    try {
      frames.add(piece, (packet) => onSocketData.call(this, packet))
    } catch (error) {
      this.socket?.destroy(error instanceof Error ? error : undefined)
    }
  }
}

/** Some errors have no code: assertions about arguments, which are checked before. */
function failed({ code }: Failure): Reply {
  return { code: typeof code === 'number' ? code : codes.SYSTEM_ERROR }
}
