/** Connections that are lent one at a time, in the order in which they were asked for. */
export class Pool<T> {
  readonly #idle: T[]
  readonly #waiting: ((connection: T) => void)[] = []

  constructor(connections: readonly T[]) {
    this.#idle = [...connections]
  }

  async use<R>(work: (connection: T) => Promise<R>): Promise<R> {
    const connection = this.#idle.pop() ?? (await new Promise<T>((resolve) => this.#waiting.push(resolve)))
    try {
      return await work(connection)
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#idle.push(connection)
      else next(connection)
    }
  }
}
