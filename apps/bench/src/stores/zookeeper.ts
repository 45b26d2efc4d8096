import { zookeeper } from '@avout/zookeeper'
import { ZooKeeperClient } from '../clients/zookeeper-client.js'

import type { DriverName, Store } from './store.js'

export const zookeeperStore = (url: string, driver: DriverName): Store => ({
  coordinator: (realm) => zookeeper({ connection: url, driver, root: `/${realm}` }),
  remove: async (realm) => {
    await using client = await ZooKeeperClient.connect(url)
    await client.remove(`/${realm}`)
  },
})
