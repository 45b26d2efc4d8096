import { Pool } from '../clients/pool.js'
import { ZooKeeperClient } from '../clients/zookeeper-client.js'
import { runLoops } from '../systems/loops.js'
import { onServer, type System } from '../systems/system.js'
import { opening, type Transfers } from '../workload.js'

/** Requests on their way at once, as many as Avout has. */
const AT_ONCE = 4

/**
 * No transaction, and nobody looks at what is there: every transfer makes two nodes, and those that are ready together go in one
 * `multi`. What the server itself takes of values that are written through.
 */
export const bareMulti = (url: string): System =>
  onServer('bare multi', {
    create: async (place, { accounts }) => {
      await using client = await ZooKeeperClient.connect(url)
      await client.create(`/${place}`, '')
      await client.createAll(Array.from({ length: accounts }, (_, n) => ({ path: `/${place}/${n}`, data: '' })))
    },
    join: async (place, workload) => {
      const client = await ZooKeeperClient.connect(url)
      const writer = new Writer(client, place)
      return {
        run: (load) => runLoops(load, () => (transfers) => writer.transfer(transfers)),
        balances: async () => {
          const balances = opening(workload)
          for (const [n, balance] of balances.entries()) {
            const children = await client.children(`/${place}/${n}`)
            // The name tells the amount, so that nothing has to be read: `+3.7` adds 3.
            balances[n] = children.reduce((sum, child) => sum + Number.parseInt(child, 10), balance)
          }
          return balances
        },
        [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
      }
    },
    remove: async (place) => {
      await using client = await ZooKeeperClient.connect(url)
      await client.remove(`/${place}`)
    },
  })

/** What is ready together: it grows until it is its turn. */
interface Batch {
  readonly nodes: { readonly path: string; readonly data: string }[]
  readonly made: Promise<void>
}

class Writer {
  readonly #places: Pool<ZooKeeperClient>
  readonly #root: string
  #nodes = 0
  #batch: Batch | undefined

  constructor(client: ZooKeeperClient, place: string) {
    this.#places = new Pool(new Array<ZooKeeperClient>(AT_ONCE).fill(client))
    this.#root = `/${place}`
  }

  transfer({ from, to, amount }: Transfers): Promise<void> {
    this.#batch ??= this.#gather()
    this.#batch.nodes.push(this.#node(from, `${-amount}`), this.#node(to, `+${amount}`))
    return this.#batch.made
  }

  #gather(): Batch {
    const nodes: Batch['nodes'] = []
    const made = this.#places.use(async (client) => {
      await Promise.resolve() // whoever is ready now goes along
      this.#batch = undefined
      await client.createAll(nodes)
    })
    return { nodes, made }
  }

  #node(account: number, amount: string) {
    return { path: `${this.#root}/${account}/${amount}.${this.#nodes++}`, data: amount }
  }
}
