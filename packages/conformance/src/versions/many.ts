import type { Scenario, Suite } from '../scenario.js'

const many: Scenario = {
  name: 'versions/thousand-at-once',
  law: 'VersionedStates: in the order asked',
  run: async (bench) => {
    const store = await bench.versions()
    const keys = Array.from({ length: 1000 }, (_, i) => ({ ref: `ref ${i % 10}`, version: `${i}`, value: i }))
    for (let i = 0; i < 10; i++) await store.container(`ref ${i}`).initVersionedStateContainer()
    await bench.offered(store.setMany).call(store, keys)
    const values = await bench.offered(store.getMany).call(store, keys.toReversed())
    bench.equal(values, keys.map(({ value }) => value).toReversed(), 'a thousand values')
    await bench.offered(store.deleteMany).call(store, keys)
    bench.equal(new Set(await bench.offered(store.getMany).call(store, keys)), new Set([undefined]), 'and deleted')
  },
}

/** Without batch forms core makes many single calls at once. */
const singles: Scenario = {
  name: 'versions/one-by-one',
  law: 'VersionedStateContainer 1',
  run: async (bench) => {
    const store = await bench.versions()
    const versions = Array.from({ length: 300 }, (_, i) => `${i}`)
    const container = store.container('ref')
    await container.initVersionedStateContainer()
    const won = await Promise.all(versions.map((version, i) => container.setStateAt(i, version)))
    bench.ok(won.every(Boolean), 'a first writer was told that it lost')
    const values = await Promise.all(versions.map((version) => container.getStateAt(version)))
    bench.equal(
      values,
      versions.map((_, i) => i),
      'the values',
    )
    await Promise.all(versions.map((version) => container.deleteStateAt(version)))
    bench.equal(await container.getStateAt('0'), undefined, 'a deleted one')
  },
}

export const crowds: Suite = [
  {
    has: ({ versions }) => Boolean(versions?.getMany && versions.setMany && versions.deleteMany),
    strong: [many],
    weak: [singles],
  },
]
