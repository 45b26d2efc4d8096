/** What is used of zookeeper 7.3, whose own types need the compiled module to be there. */
interface Native {
  once(event: 'connect', listener: () => void): void
  init(config: object): void
  close(): void
  a_create(path: string, data: string, flags: number, done: (code: number, error: string, path: string) => void): void
}

type Module = { readonly default: new (config: object) => Native }

const connectTimeout = 10_000

/** One session of the compiled driver, for creates. */
export class NativeZooKeeper implements AsyncDisposable {
  readonly #native: Native

  private constructor(native: Native) {
    this.#native = native
  }

  static async connect(servers: string): Promise<NativeZooKeeper> {
    const driver: string = 'zookeeper'
    const { default: Driver } = (await import(driver)) as Module
    const native = new Driver({
      connect: servers,
      timeout: 30_000,
      debug_level: 1,
      host_order_deterministic: false,
      response_counter_limit: 5_000,
    })
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => {
        native.close()
        reject(new Error(`No ZooKeeper answers at ${servers}`))
      }, connectTimeout)
      native.once('connect', () => {
        clearTimeout(late)
        resolve()
      })
      native.init({})
    })
    return new NativeZooKeeper(native)
  }

  create(path: string, data: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#native.a_create(path, data, 0, (code, error) =>
        code === 0 ? resolve() : reject(new Error(`ZooKeeper answers ${code} (${error}) to the create of ${path}`)),
      )
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#native.close()
  }
}
