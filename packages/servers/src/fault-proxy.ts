import { connect, createServer, type Server as Listener, type Socket } from 'node:net'

/** What one connection through the proxy consists of. */
interface Pair {
  readonly client: Socket
  readonly server: Socket
}

/**
 * A TCP proxy on 127.0.0.1 that misbehaves as told. A fault holds for all connections, those that are open too, until it is
 * taken back.
 *
 * Clients that learn addresses from the server (clusters, replica sets) go round it.
 */
export class FaultProxy {
  readonly #listener: Listener
  readonly #target: { host: string; port: number }
  readonly #pairs = new Set<Pair>()
  #delay = 0
  #stalled = false
  #refusing = false
  #bytesLeft = Number.POSITIVE_INFINITY
  #cutOnAnswer = false
  #toldOfCut: (() => void)[] = []

  private constructor(listener: Listener, target: { host: string; port: number }) {
    this.#listener = listener
    this.#target = target
    listener.on('connection', (client) => this.#accept(client))
  }

  /**
   * Opens a proxy on a free port.
   *
   * @param target `host:port`, or the URL of a server, whose port must be stated.
   */
  static async open(target: string): Promise<FaultProxy> {
    const { hostname, port } = new URL(target.includes('://') ? target : `tcp://${target}`)
    if (hostname === '' || port === '') throw new TypeError(`'${target}' is neither host:port nor a URL with a port`)
    const listener = createServer({ allowHalfOpen: true })
    const proxy = new FaultProxy(listener, { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) })
    await new Promise<void>((resolve, reject) => {
      listener.once('error', reject)
      listener.listen(0, '127.0.0.1', resolve)
    })
    return proxy
  }

  /** The port of 127.0.0.1 that clients connect to. */
  get port(): number {
    const address = this.#listener.address()
    if (address === null || typeof address === 'string') throw new Error('This proxy is closed')
    return address.port
  }

  /** `127.0.0.1:port`. */
  get url(): string {
    return `127.0.0.1:${this.port}`
  }

  /** The URL of a server with the proxy's host and port in place of its own. */
  through(serverUrl: string): string {
    if (!serverUrl.includes('://')) return this.url
    const url = new URL(serverUrl)
    url.host = this.url
    return url.href
  }

  /** How many connections are open. */
  get connections(): number {
    return this.#pairs.size
  }

  /** Each piece of data arrives so many milliseconds later, in both directions. 0 takes it back. */
  delay(ms: number): void {
    this.#delay = ms
  }

  /** Nothing passes any more, in neither direction; connections are accepted and stay open. What comes meanwhile is kept. */
  stall(): void {
    this.#stalled = true
    this.#each((socket) => socket.pause())
  }

  /** Lets pass again what `stall` has held up. */
  resume(): void {
    this.#stalled = false
    this.#each((socket) => socket.resume())
  }

  /** Cuts all connections once so many further bytes have passed, of both directions together; then it holds no more. */
  cutAfterBytes(bytes: number): void {
    this.#bytesLeft = bytes
  }

  /**
   * Whatever the server answers next is dropped, and that connection is cut: its request has been done, and the client cannot
   * know. Resolves when that has happened; then it holds no more.
   */
  cutOnNextAnswer(): Promise<void> {
    this.#cutOnAnswer = true
    return new Promise((resolve) => this.#toldOfCut.push(resolve))
  }

  /** Cuts all connections, and every new one at once. */
  refuse(): void {
    this.#refusing = true
    this.cut()
  }

  /** Takes `refuse` back. */
  accept(): void {
    this.#refusing = false
  }

  /** Cuts all connections; new ones are accepted. */
  cut(): void {
    for (const pair of this.#pairs) cutPair(pair)
  }

  /** Cuts all connections and closes the port. */
  async close(): Promise<void> {
    if (!this.#listener.listening) return
    const closed = new Promise<void>((resolve) => this.#listener.close(() => resolve()))
    this.cut()
    await closed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #accept(client: Socket): void {
    if (this.#refusing) {
      client.on('error', () => client.destroy())
      client.resetAndDestroy()
      return
    }
    const pair: Pair = { client, server: connect({ ...this.#target, allowHalfOpen: true }) }
    this.#pairs.add(pair)
    client.setNoDelay(true)
    pair.server.setNoDelay(true)
    for (const socket of [client, pair.server]) {
      // An error is an end like another: the other side is cut, as it would be without a proxy.
      socket.on('error', () => cutPair(pair))
      socket.on('close', () => {
        this.#pairs.delete(pair)
        cutPair(pair)
      })
      if (this.#stalled) socket.pause()
    }
    this.#carry(pair, client, pair.server)
    this.#carry(pair, pair.server, client)
  }

  #carry(pair: Pair, from: Socket, to: Socket): void {
    from.on('data', (data) => {
      if (this.#cutOnAnswer && from === pair.server) {
        this.#cutOnAnswer = false
        cutPair(pair)
        for (const tell of this.#toldOfCut.splice(0)) tell()
        return
      }
      this.#later(() => this.#pass(to, data))
    })
    from.on('end', () => this.#later(() => to.end()))
  }

  #pass(to: Socket, data: Buffer): void {
    if (to.destroyed) return
    to.write(data.subarray(0, this.#bytesLeft))
    this.#bytesLeft -= data.length
    if (this.#bytesLeft > 0) return
    this.#bytesLeft = Number.POSITIVE_INFINITY
    // What was allowed to pass is on its way first.
    for (const pair of this.#pairs) {
      if (pair.client === to || pair.server === to) to.write('', () => cutPair(pair))
      else cutPair(pair)
    }
  }

  /** After the delay, which keeps the order: timers of one length fire in the order in which they were set. */
  #later(step: () => void): void {
    if (this.#delay === 0) step()
    else setTimeout(step, this.#delay)
  }

  #each(step: (socket: Socket) => void): void {
    for (const { client, server } of this.#pairs) {
      step(client)
      step(server)
    }
  }
}

/** Cuts hard, as a dead link would: the peers get a reset, not an orderly end. */
function cutPair({ client, server }: Pair): void {
  for (const socket of [client, server]) if (!socket.destroyed) socket.resetAndDestroy()
}
