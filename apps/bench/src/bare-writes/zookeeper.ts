import { NativeZooKeeper } from '../clients/native-zookeeper.js'
import { ZooKeeperClient } from '../clients/zookeeper-client.js'
import type { DriverName } from '../stores/store.js'
import type { WritesAt } from './bare-write.js'

/** A create, by the driver that Avout is measured with. */
export const zookeeperWrites = (url: string, driver: DriverName): WritesAt => ({
  create: async (place) => {
    await using client = await ZooKeeperClient.connect(url)
    await client.create(`/${place}`, '')
  },
  open: async (place) => {
    const client = await ZooKeeperClient.connect(url)
    const writer = driver === 'zookeeper' ? await NativeZooKeeper.connect(url) : client
    return {
      write: (n, text) => writer.create(`/${place}/${n}`, text),
      all: async () => client.getAll((await client.children(`/${place}`)).map((name) => `/${place}/${name}`)),
      [Symbol.asyncDispose]: async () => {
        await writer[Symbol.asyncDispose]()
        await client[Symbol.asyncDispose]()
      },
    }
  },
  remove: async (place) => {
    await using client = await ZooKeeperClient.connect(url)
    await client.remove(`/${place}`)
  },
})
