import { Pool } from '../clients/pool.js'
import { ZooKeeperClient } from '../clients/zookeeper-client.js'
import { runLoops } from '../systems/loops.js'
import { onServer, type System } from '../systems/system.js'
import { opening, type Transfers } from '../workload.js'

/**
 * Both nodes read with their versions, at once; then one `multi` that sets both if they still are at these, which checks and writes in
 * one request. Sessions answer in order, so reads would wait behind others' writes: each attempt has one to itself.
 */
export const versionedMulti = (url: string, connections: number): System =>
  onServer(
    'versioned-multi',
    {
      create: async (place, workload) => {
        await using client = await ZooKeeperClient.connect(url)
        await client.create(`/${place}`, '')
        const nodes = opening(workload).map((balance, n) => ({ path: pathOf(place, n), data: `${balance}` }))
        await client.createAll(nodes)
        await client.overwriteAll(nodes)
      },
      join: async (place, { accounts }) => {
        const all = await Promise.all(Array.from({ length: connections }, () => ZooKeeperClient.connect(url)))
        const pool = new Pool(all)
        const paths = Array.from({ length: accounts }, (_, n) => pathOf(place, n))
        return {
          run: (load) => runLoops(load, () => (transfers) => transfer(pool, paths, transfers)),
          balances: async () => (await pool.use((client) => client.getAll(paths))).map(Number),
          [Symbol.asyncDispose]: async () => {
            await Promise.all(all.map((client) => client[Symbol.asyncDispose]()))
          },
        }
      },
      remove: async (place) => {
        await using client = await ZooKeeperClient.connect(url)
        await client.remove(`/${place}`)
      },
    },
    { connections },
  )

const pathOf = (place: string, n: number) => `/${place}/${n}`

async function transfer(pool: Pool<ZooKeeperClient>, paths: readonly string[], transfers: Transfers): Promise<void> {
  const from = paths[transfers.from] as string
  const to = paths[transfers.to] as string
  const { amount } = transfers
  while (!(await pool.use((client) => attempt(client, from, to, amount)))) {}
}

/** False if somebody else wrote one of the two in between. */
async function attempt(client: ZooKeeperClient, from: string, to: string, amount: number): Promise<boolean> {
  const [source, target] = await Promise.all([client.get(from), client.get(to)])
  return await client.setAll([
    { path: from, data: `${Number(source.data) - amount}`, version: source.version },
    { path: to, data: `${Number(target.data) + amount}`, version: target.version },
  ])
}
