import { ZooKeeperClient } from '../../clients/zookeeper-client.js'
import type { CellAt } from '../compare-and-set.js'

/** A node: ZooKeeper keeps the version itself. */
export const zookeeperCell = (url: string): CellAt => ({
  create: async (place, text) => {
    await using client = await ZooKeeperClient.connect(url)
    const nodes = [{ path: `/${place}`, data: text }]
    await client.createAll(nodes)
    // The driver takes version 0 for "any".
    await client.overwriteAll(nodes)
  },
  open: async (place) => {
    const client = await ZooKeeperClient.connect(url)
    const path = `/${place}`
    return {
      read: async () => {
        const { data, version } = await client.get(path)
        return { text: data, version }
      },
      set: (data, version) => client.setAll([{ path, data, version }]),
      [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
    }
  },
  remove: async (place) => {
    await using client = await ZooKeeperClient.connect(url)
    await client.remove(`/${place}`)
  },
})
