import { ClosedError } from '@avout/core'
import type { BackendState } from '@avout/core/backend'
import { Call, type Send, type Sender } from './call.js'
import { Deadlines } from './deadlines.js'
import * as codes from './drivers/codes.js'
import type { Create, Done, Driver, Handle, HandleOptions, Reply } from './drivers/driver.js'
import { errorOf, unavailable, type Where } from './errors.js'
import { Fifo } from './fifo.js'
import { Watches } from './watches.js'

export interface ConnectionOptions extends HandleOptions {
  readonly id: string
  /** Milliseconds that a call may take, the wait for a connection included. */
  readonly timeout: number
}

type OnState = (state: BackendState, error?: unknown) => void

/** How long after a session that could not be made the next one is tried, in ms. */
const PAUSE = 250

/** How many calls are on their way at once: drivers keep them in arrays whose first they take out, which costs as much as there are. */
const WINDOW = 1000

/** How many times longer than `timeout` a call may take while the server answers others: it is busy, not silent. */
const PATIENCE = 6

const NO_DATA = Buffer.alloc(0)

/**
 * The connection that the sessions of a backend share. It outlives ZooKeeper's own sessions: where one has ended, or could not
 * reach a server for longer than it lasts (after a rollback it never will: the server is behind what it has seen), it makes a new
 * one. Every call ends in `timeout`: drivers leave some unanswered.
 */
export class Connection implements Sender {
  readonly where: Where
  readonly hasMulti: boolean
  /** Changes with each session of ZooKeeper: what was learned in another one may have been undone since by a rollback. */
  epoch = 0
  /** Whether a call would be sent at once. */
  up = false
  readonly #driver: Driver
  readonly #options: ConnectionOptions
  readonly #deadlines = new Deadlines()
  readonly #watches = new Watches()
  readonly #listeners = new Set<OnState>()
  /** Sent, not answered. */
  readonly #sent = new Set<Call>()
  /** To be sent when there is a connection, and room. */
  readonly #queued = new Fifo<Call>()
  #handle: Handle | undefined
  #lastAnswer = 0
  #state: BackendState = 'connecting'
  #replacing: NodeJS.Timeout | undefined
  #closed = false

  constructor(driver: Driver, options: ConnectionOptions) {
    this.#driver = driver
    this.#options = options
    this.where = { id: options.id, servers: options.servers }
    this.#open()
    this.hasMulti = this.#handle?.multi !== undefined
  }

  onState(listener: OnState): () => void {
    this.#listeners.add(listener)
    listener(this.#state)
    return () => this.#listeners.delete(listener)
  }

  /** Resolves as soon as a call would be sent at once. */
  async ready(): Promise<void> {
    // A call that sends nothing, and so is answered when its turn has come.
    if (!this.up) await this.#call('connect', (_handle, done) => done({ code: codes.OK }), true)
  }

  /**
   * Made, or there already. It is not repeated: who knows whether it was made before the connection was lost. Where `epoch` is given
   * and another session has begun before it is sent, it is not, and the answer is `NOT_SENT`.
   */
  create(path: string, data: Buffer, sequential = false, epoch?: number): Promise<Reply> {
    const send: Send = (handle, done) => handle.create({ path, data, sequential }, done)
    return this.#call('create a node', this.#within(epoch, send), false)
  }

  set(path: string, data: Buffer, version: number): Promise<Reply> {
    return this.#call('set a node', (handle, done) => handle.set(path, data, version, done), false)
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

  remove(path: string, version = -1): Promise<Reply> {
    return this.#call('delete a node', (handle, done) => handle.remove(path, version, done), version === -1)
  }

  children(path: string): Promise<Reply> {
    return this.#call('list nodes', (handle, done) => handle.children(path, done), true)
  }

  /** All or none. Only where `hasMulti`. `epoch` as in `create`. */
  multi(creates: readonly Create[], epoch?: number): Promise<Reply> {
    return this.#call('create nodes', this.#within(epoch, (handle, done) => handle.multi?.(creates, done)), false)
  }

  /** Keeps a node that was made for others out of their reach, where that needs a call of its own. */
  async protect(path: string): Promise<void> {
    if (this.#handle?.protect === undefined) return
    await this.#call('protect a node', (handle, done) => handle.protect?.(path, done), true)
  }

  unwatch(path: string, fired: () => void): void {
    this.#watches.delete(path, fired)
  }

  async close(): Promise<void> {
    this.#closed = true
    this.up = false
    clearTimeout(this.#replacing)
    const handle = this.#handle
    this.#handle = undefined
    for (const call of [...this.#sent, ...this.#queued.takeAll()])
      call.reject(new ClosedError('closed while ZooKeeper was at work'))
    this.#listeners.clear()
    await handle?.close(this.#state !== 'up')
  }

  #within(epoch: number | undefined, send: Send): Send {
    if (epoch === undefined) return send
    return (handle, done) => (epoch === this.epoch ? send(handle, done) : done({ code: codes.NOT_SENT }))
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

  #call(what: string, send: Send, again: boolean): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(new ClosedError('this connection to ZooKeeper is closed'))
        return
      }
      const call = new Call(this, what, send, again, resolve, reject, this.#options.timeout)
      this.#deadlines.add(call)
      this.#sendOrQueue(call)
    })
  }

  #sendOrQueue(call: Call): void {
    if (this.up && this.#sent.size < WINDOW && this.#queued.size === 0) this.#send(call)
    else this.#queued.push(call)
  }

  #sendQueued(): void {
    while (this.up && this.#sent.size < WINDOW) {
      const call = this.#queued.shift()
      if (call === undefined) return
      if (!call.settled) this.#send(call)
    }
  }

  #send(call: Call): void {
    const handle = this.#handle
    if (handle === undefined) return
    this.#sent.add(call)
    call.sentAt = performance.now()
    call.send(handle, (reply) => this.#answered(call, reply, handle))
  }

  #answered(call: Call, reply: Reply, handle: Handle): void {
    if (!this.#sent.delete(call)) return
    const { code } = reply
    if (codes.isAnswer(code)) {
      if (code !== codes.NOT_SENT) this.#lastAnswer = performance.now()
      call.resolve(reply)
    } else if (codes.isLoss(code)) {
      this.#lost(call, code)
      // A handle that says so at once is dead, and may have said so to nobody.
      if (code === codes.INVALID_STATE && handle === this.#handle) this.#replace(codes.nameOf(code))
    } else call.reject(errorOf(code, call.what, this.where))
    if (this.#queued.size > 0) this.#sendQueued()
  }

  #lost(call: Call, code: number): void {
    if (!call.again) call.reject(errorOf(code, call.what, this.where))
    else if (this.up) this.#later(call)
    else this.#queued.push(call)
  }

  /** Not at once: the driver may not have noticed yet what has ended. */
  #later(call: Call): void {
    setTimeout(() => {
      if (this.#closed) call.reject(new ClosedError('closed while ZooKeeper was at work'))
      else if (!call.settled) this.#sendOrQueue(call)
    }, 20)
  }

  /** A call has got no answer in time. */
  expired(call: Call): void {
    const { timeout } = this.#options
    const now = performance.now()
    if (this.up && now - this.#lastAnswer < timeout && now - call.begun < PATIENCE * timeout) {
      call.deadline = now + timeout
      this.#deadlines.add(call)
      return
    }
    const sent = this.#sent.delete(call)
    call.reject(
      unavailable(
        `did not answer in ${timeout} ms: cannot ${call.what}${sent ? '' : ' (not sent: no connection)'}`,
        this.where,
      ),
    )
    // Answers come in order: without any since it was sent, the server is silent or the connection is dead, and TCP takes minutes
    // to notice.
    if (sent && this.#lastAnswer < call.sentAt) this.#replace('the server is silent')
  }

  settled(call: Call): void {
    this.#deadlines.delete(call)
    this.#sent.delete(call)
  }

  #open(): void {
    this.epoch++
    const opened: { handle?: Handle } = {}
    // What an older session still tells is not of interest.
    const current = () => !this.#closed && this.#handle === opened.handle
    this.#handle = undefined
    opened.handle = this.#driver.open(this.#options, {
      up: () => current() && this.#isUp(),
      down: () => current() && this.#isDown(),
      ended: (reason) => current() && this.#replace(reason),
      fired: (path) => current() && this.#watches.fire(path),
    })
    this.#handle = opened.handle
    this.#awaitConnection()
  }

  /** Not for longer than a session lasts: then it has ended without us, or never could be resumed. */
  #awaitConnection(): void {
    clearTimeout(this.#replacing)
    this.#replacing = setTimeout(() => this.#replace('no server could be reached'), this.#options.sessionTimeout)
    // What waits for it has a timer of its own.
    this.#replacing.unref()
  }

  #isUp(): void {
    clearTimeout(this.#replacing)
    this.up = true
    this.#lastAnswer = performance.now()
    this.#tell('up')
    this.#sendQueued()
  }

  #isDown(): void {
    this.up = false
    this.#tell('connecting', unavailable('cannot be reached: the connection was lost', this.where))
    this.#awaitConnection()
  }

  #replace(reason: string): void {
    const handle = this.#handle
    if (this.#closed || handle === undefined) return
    this.#handle = undefined
    this.up = false
    const error = unavailable(`cannot be reached: ${reason}`, this.where)
    handle.close(true).catch((cause: unknown) => this.#tell('down', cause))
    for (const call of [...this.#sent]) {
      this.#sent.delete(call)
      this.#lost(call, codes.SESSION_EXPIRED)
    }
    this.#tell('down', error)
    clearTimeout(this.#replacing)
    this.#replacing = setTimeout(() => {
      this.#open()
      this.#watches.fireAll()
    }, PAUSE)
    this.#replacing.unref()
  }

  #tell(state: BackendState, error?: unknown): void {
    if (this.#state === state) return
    this.#state = state
    for (const listener of this.#listeners) listener(state, error)
  }
}
