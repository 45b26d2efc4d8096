import type { Data } from '@avout/core/backend'
import { HOSTILE_NAMES } from '../fixtures/names.js'
import { VALUES } from '../fixtures/values.js'
import type { Scenario, Suite } from '../scenario.js'

const getMany: Scenario = {
  name: 'versions/get-many',
  law: 'VersionedStates: in the order asked',
  run: async (bench) => {
    const store = await bench.versions()
    const read = bench.offered(store.getMany).bind(store)
    bench.equal(await read([]), [], 'nothing asked')
    await Promise.all(
      HOSTILE_NAMES.map(async (ref, i) => {
        const container = store.container(ref)
        await container.initVersionedStateContainer()
        await container.setStateAt(VALUES[i % VALUES.length] as Data, '1')
      }),
    )
    const keys = HOSTILE_NAMES.flatMap((ref, i) => [
      { ref, version: '1', wanted: VALUES[i % VALUES.length] as Data | undefined },
      { ref, version: '2', wanted: undefined },
      { ref: `${ref.slice(0, 500)}?`, version: '1', wanted: undefined },
    ]).filter(({ ref, wanted }) => wanted !== undefined || !HOSTILE_NAMES.includes(ref) || ref.length < 500)
    for (const order of [
      keys,
      bench.random.shuffle(keys),
      keys.slice(0, 1),
      [...keys.slice(0, 3), ...keys.slice(0, 3)],
    ]) {
      const values = await read(order.map(({ ref, version }) => ({ ref, version })))
      bench.equal(values.length, order.length, 'how many were answered')
      for (const [i, { ref, version, wanted }] of order.entries()) {
        bench.equalData(values[i], wanted, `${JSON.stringify(ref)} at ${version}, asked as number ${i}`)
      }
    }
  },
}

const setMany: Scenario = {
  name: 'versions/set-many',
  law: 'VersionedStateContainer 1, entry by entry',
  run: async (bench) => {
    const [store, other] = await bench.several(2, () => bench.versions())
    const write = bench.offered(store.setMany).bind(store)
    bench.equal(await write([]), [], 'nothing written')
    const refs = HOSTILE_NAMES.slice(0, 40)
    for (const ref of refs) await store.container(ref).initVersionedStateContainer()
    for (const ref of refs.filter((_, i) => i % 3 === 0)) await other.container(ref).setStateAt('first', '1')
    const won = await write(refs.map((ref) => ({ ref, version: '1', value: 'second' })))
    bench.equal(
      won,
      refs.map((_, i) => i % 3 !== 0),
      'what each writer is told',
    )
    for (const [i, ref] of refs.entries()) {
      bench.equal(await other.container(ref).getStateAt('1'), i % 3 === 0 ? 'first' : 'second', JSON.stringify(ref))
    }
    await write(VALUES.map((value, i) => ({ ref: 'a', version: `v${i}`, value })))
    for (const [i, value] of VALUES.entries()) {
      bench.equalData(await other.container('a').getStateAt(`v${i}`), value, `value ${i}`)
    }
    const twice = await write([1, 2].map((value) => ({ ref: 'a', version: 'twice', value })))
    bench.equal(twice.filter(Boolean).length, 1, 'how many of two values for one version won')
    bench.equal(await other.container('a').getStateAt('twice'), twice.indexOf(true) + 1, 'the one that won')
  },
}

const race: Scenario = {
  name: 'versions/set-many-race',
  law: 'VersionedStateContainer 1, entry by entry',
  run: async (bench) => {
    const stores = await bench.several(3, () => bench.versions())
    const refs = Array.from({ length: 40 }, (_, i) => `ref ${i}`)
    for (const ref of refs) await stores[0]?.container(ref).initVersionedStateContainer()
    const told = await Promise.all(
      stores.map(async (store, writer) => {
        const order = bench.random.shuffle(refs)
        const won = await bench.offered(store.setMany).call(
          store,
          order.map((ref) => ({ ref, version: '1', value: writer })),
        )
        return order.filter((_, i) => won[i])
      }),
    )
    bench.equal(told.flat().sort(), [...refs].sort(), 'what the three of them won')
    for (const [writer, won] of told.entries()) {
      for (const ref of won) bench.equal(await stores[0]?.container(ref).getStateAt('1'), writer, `who wrote ${ref}`)
    }
  },
}

const deleteMany: Scenario = {
  name: 'versions/delete-many',
  law: 'VersionedStateContainer 7, entry by entry',
  run: async (bench) => {
    const store = await bench.versions()
    const remove = bench.offered(store.deleteMany).bind(store)
    await remove([])
    const container = await bench.container()
    for (let i = 0; i < 30; i++) await container.setStateAt(i, `${i}`)
    await remove([...[1, 2, 20].map((i) => ({ ref: 'ref', version: `${i}` })), { ref: 'never made', version: '1' }])
    for (let i = 0; i < 30; i++) {
      bench.equal(await container.getStateAt(`${i}`), [1, 2, 20].includes(i) ? undefined : i, `version ${i}`)
    }
  },
}

export const batches: Suite = [
  { has: ({ versions }) => versions?.getMany !== undefined, strong: [getMany], weak: [] },
  { has: ({ versions }) => versions?.setMany !== undefined, strong: [setMany, race], weak: [] },
  { has: ({ versions }) => versions?.deleteMany !== undefined, strong: [deleteMany], weak: [] },
]
