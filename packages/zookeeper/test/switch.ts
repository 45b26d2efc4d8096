import { connect, createServer, type Server, type Socket } from 'node:net'

/** An address behind which another server can be put, as if the one that was there had lost its data. */
export class Switch implements AsyncDisposable {
  #target: string
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #swallowed = 0

  private constructor(target: string) {
    this.#target = target
    this.#server = createServer((client) => {
      if (this.#swallowed > 0) {
        this.#swallowed--
        this.#sockets.add(client)
        client.resume().on('error', () => client.destroy())
        return
      }
      const [host, port] = this.#target.split(':')
      const server = connect(Number(port), host)
      for (const socket of [client, server]) {
        this.#sockets.add(socket)
        // Cut ends both, whatever they say to that.
        socket.on('error', () => socket.destroy())
        socket.on('close', () => {
          this.#sockets.delete(socket)
          client.destroy()
          server.destroy()
        })
      }
      client.pipe(server).pipe(client)
    })
  }

  static async open(target: string): Promise<Switch> {
    const opened = new Switch(target)
    await new Promise<void>((resolve) => {
      opened.#server.listen(0, '127.0.0.1', resolve)
    })
    return opened
  }

  get url(): string {
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('it is closed')
    return `127.0.0.1:${address.port}`
  }

  /** Cuts all connections: who connects again finds another server. */
  turn(target: string): void {
    this.#target = target
    for (const socket of this.#sockets) socket.destroy()
  }

  /** The next connections are taken, and nothing is ever said on them. */
  swallow(connections: number): void {
    this.#swallowed = connections
  }

  /** How many of them are still to come. */
  get swallowed(): number {
    return this.#swallowed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.turn(this.#target)
    await new Promise((resolve) => {
      this.#server.close(resolve)
    })
  }
}
