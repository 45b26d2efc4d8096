/** What of a node's state is needed. */
export interface Stat {
  readonly version: number
  /** Creates and deletes of children: twice the creates, less the children there are. */
  readonly cversion: number
  readonly numChildren: number
}

/** The answer to a call. What it holds depends on the call; with another code than OK nothing. */
export interface Reply {
  readonly code: number
  /** Of a create: where it was made. */
  readonly path?: string | undefined
  readonly data?: Uint8Array | undefined
  readonly stat?: Stat | undefined
  readonly children?: readonly string[] | undefined
}

export type Done = (reply: Reply) => void

export interface Create {
  readonly path: string
  readonly data: Buffer
  /** Whether the server puts ten digits behind the path, one more for each node ever made under its parent. */
  readonly sequential: boolean
}

/**
 * One session with the servers, in the form of one driver. Every call answers through `done`, with a code and never by throwing;
 * answers come in the order of the calls. A `watch` is told once, as `Events.fired` of its path. Calls that are pending when the
 * session ends may never be answered: who calls has a timer.
 */
export interface Handle {
  create(create: Create, done: Done): void
  set(path: string, data: Buffer, version: number, done: Done): void
  get(path: string, watch: boolean, done: Done): void
  exists(path: string, watch: boolean, done: Done): void
  remove(path: string, version: number, done: Done): void
  children(path: string, done: Done): void
  /** All or none, in one request, where the driver can: `path` is that of the first. */
  multi?(creates: readonly Create[], done: Done): void
  /** Where the driver cannot make a node that is only its creator's: closes one to others afterwards. */
  protect?(path: string, done: Done): void
  /** Ends the session. With `force` nothing is waited for: the server does not answer. */
  close(force: boolean): Promise<void>
}

/** What a session tells of itself. */
export interface Events {
  up(): void
  /** Connection lost; the driver looks for it again. */
  down(): void
  /** Connection lost, and the handle is not used again: it is closed when this returns. */
  lost(): void
  /** It is over for good, and what is pending may never be answered. */
  ended(reason: string): void
  /** What was watched at `path` has changed. */
  fired(path: string): void
}

export interface HandleOptions {
  /** `host:port,host:port`, without a root. */
  readonly servers: string
  /** Milliseconds. */
  readonly sessionTimeout: number
  readonly auth: Auth | undefined
}

export interface Auth {
  readonly scheme: 'digest'
  /** `user:password`. */
  readonly credentials: string
}

export type DriverName = 'zookeeper' | 'node-zookeeper-client'

/** A driver: makes sessions. */
export interface Driver {
  readonly name: DriverName
  open(options: HandleOptions, events: Events): Handle
}
