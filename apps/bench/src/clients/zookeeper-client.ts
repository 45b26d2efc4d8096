import { type Client, createClient, Exception, type Failure, type Transaction } from 'node-zookeeper-client'

export interface Node {
  readonly path: string
  readonly data: string
}

/** How many nodes are made, read or removed at once. */
const batch = 1_000
const connectTimeout = 10_000

/** One session of node-zookeeper-client, with promises. */
export class ZooKeeperClient implements AsyncDisposable {
  readonly #client: Client

  private constructor(client: Client) {
    this.#client = client
  }

  static async connect(servers: string): Promise<ZooKeeperClient> {
    const client = createClient(servers, { spinDelay: 0 })
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => {
        client.close()
        reject(new Error(`No ZooKeeper answers at ${servers}`))
      }, connectTimeout)
      client.once('connected', () => {
        clearTimeout(late)
        resolve()
      })
      client.connect()
    })
    return new ZooKeeperClient(client)
  }

  create(path: string, data: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#client.create(path, Buffer.from(data), (error) => (error ? reject(error) : resolve()))
    })
  }

  /** All or none a thousand. */
  async createAll(nodes: readonly Node[]): Promise<void> {
    for (let n = 0; n < nodes.length; n += batch) {
      const transaction = this.#client.transaction()
      for (const { path, data } of nodes.slice(n, n + batch)) transaction.create(path, Buffer.from(data))
      await committed(transaction)
    }
  }

  get(path: string): Promise<{ readonly data: string; readonly version: number }> {
    return new Promise((resolve, reject) => {
      this.#client.getData(path, (error, data, { version } = { version: 0 }) =>
        error ? reject(error) : resolve({ data: data.toString(), version }),
      )
    })
  }

  async getAll(paths: readonly string[]): Promise<string[]> {
    const values: string[] = []
    for (let n = 0; n < paths.length; n += batch) {
      const read = await Promise.all(paths.slice(n, n + batch).map((path) => this.get(path)))
      values.push(...read.map(({ data }) => data))
    }
    return values
  }

  /**
   * Sets all of them if each still is at its version, else answers false and sets none. Versions from 1 on: the driver takes a 0
   * for "any".
   */
  async setAll(nodes: readonly (Node & { readonly version: number })[]): Promise<boolean> {
    const transaction = this.#client.transaction()
    for (const { path, data, version } of nodes) {
      if (version < 1) throw new RangeError(`${path} is at version ${version}, which this driver takes for "any"`)
      transaction.setData(path, Buffer.from(data), version)
    }
    try {
      await committed(transaction)
      return true
    } catch (error) {
      if ((error as Failure).getCode?.() === Exception.BAD_VERSION) return false
      throw error
    }
  }

  /** Sets all of them, whatever they are at. */
  async overwriteAll(nodes: readonly Node[]): Promise<void> {
    for (let n = 0; n < nodes.length; n += batch) {
      const transaction = this.#client.transaction()
      for (const { path, data } of nodes.slice(n, n + batch)) transaction.setData(path, Buffer.from(data), -1)
      await committed(transaction)
    }
  }

  children(path: string): Promise<string[]> {
    return new Promise((resolve, reject) => {
      this.#client.getChildren(path, (error, children) => (error ? reject(error) : resolve(children)))
    })
  }

  /** A node and all below it; no error where there is none. */
  async remove(path: string): Promise<void> {
    try {
      const below = await this.#below(path)
      for (let n = 0; n < below.length; n += batch) {
        const transaction = this.#client.transaction()
        for (const each of below.slice(n, n + batch)) transaction.remove(each)
        await committed(transaction)
      }
    } catch (error) {
      if ((error as Failure).getCode?.() !== Exception.NO_NODE) throw error
    }
  }

  /** Children before their parents. */
  async #below(root: string): Promise<string[]> {
    const found = [root]
    for (let level = [root]; level.length > 0; ) {
      const next: string[] = []
      for (let n = 0; n < level.length; n += batch) {
        const parents = level.slice(n, n + batch)
        const lists = await Promise.all(parents.map((path) => this.children(path)))
        for (const [at, names] of lists.entries()) for (const name of names) next.push(`${parents[at]}/${name}`)
      }
      for (const path of next) found.push(path)
      level = next
    }
    return found.reverse()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.close()
  }
}

function committed(transaction: Transaction): Promise<void> {
  return new Promise((resolve, reject) => transaction.commit((error) => (error ? reject(error) : resolve())))
}
