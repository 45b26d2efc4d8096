import { describeBackend } from '@avout/conformance/vitest'
import { composeLog } from '@avout/core'
import { afterAll } from 'vitest'
import { mixed } from '../src/mixed.js'
import { openServers } from '../src/stores.js'
import { placeOfServers } from './support/places.js'

// The suite looks at what a backend offers while its tests are collected: the servers have to be there by then.
const place = await placeOfServers()
afterAll(() => place[Symbol.asyncDispose]())

const close = async () => undefined

describeBackend(
  'counter redis, log postgres, lock zookeeper, versions mongo, state redis',
  async () => ({
    open: () => {
      const { redis, postgres, mongo, zookeeper } = openServers(place.urls)
      return mixed({ counter: redis, log: postgres, lock: zookeeper, versions: mongo, state: redis })
    },
    close,
  }),
  // Each primitive by itself is certified by the package that it comes from: here they work together.
  { only: /^(session|engine|composed-engine|home)\// },
)

describeBackend('a log of a counter in redis and slots in postgres', async () => ({
  open: () => {
    const { redis, postgres } = openServers(place.urls)
    return composeLog({ counter: redis, slots: postgres })
  },
  close,
}))

describeBackend('a log of a counter in zookeeper and slots in mongo', async () => ({
  open: () => {
    const { mongo, zookeeper } = openServers(place.urls)
    return composeLog({ counter: zookeeper, slots: mongo })
  },
  close,
}))
