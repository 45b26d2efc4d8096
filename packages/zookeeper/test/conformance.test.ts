import { describeBackend } from '@avout/conformance/vitest'
import { zookeeperWith } from '../src/zookeeper.js'

for (const driver of ['node-zookeeper-client', 'zookeeper'] as const) {
  describeBackend(`zookeeper (${driver})`, async () => {
    return {
      open: () => zookeeperWith({ connection: '127.0.0.1:22181', driver }),
      close: async () => undefined,
    }
  })
}
