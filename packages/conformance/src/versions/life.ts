import type { Scenario, Suite } from '../scenario.js'

const init: Scenario = {
  name: 'versions/init',
  law: 'VersionedStateContainer 6',
  run: async (bench) => {
    const stores = await bench.several(3, () => bench.versions())
    const containers = stores.map((store) => store.container('ref'))
    await Promise.all(containers.flatMap((c) => [c.initVersionedStateContainer(), c.initVersionedStateContainer()]))
    await containers[0]?.setStateAt('kept', '1')
    await Promise.all(containers.map((container) => container.initVersionedStateContainer()))
    for (const container of containers) bench.equal(await container.getStateAt('1'), 'kept', 'a value after init')
  },
}

const remove: Scenario = {
  name: 'versions/delete',
  law: 'VersionedStateContainer 7',
  run: async (bench) => {
    const [one, other] = await bench.several(2, () => bench.container())
    await one.deleteStateAt('never set')
    for (const version of ['1', '2', '10']) await one.setStateAt(version, version)
    await other.deleteStateAt('1')
    await one.deleteStateAt('1')
    for (const container of [one, other]) {
      bench.equal(await container.getStateAt('1'), undefined, 'a deleted version')
      bench.equal(await container.getStateAt('10'), '10', 'its sibling')
      bench.equal(await container.getStateAt('2'), '2', 'another')
    }
  },
}

const destroy: Scenario = {
  name: 'versions/destroy',
  law: 'VersionedStateContainer 7',
  run: async (bench) => {
    const [one, other] = await bench.several(2, () => bench.container())
    const sibling = await bench.container('ref2')
    await one.setStateAt(1, '1')
    await one.setStateAt(2, '2')
    await sibling.setStateAt(3, '1')
    await other.destroyVersionedStateContainer()
    bench.equal([await one.getStateAt('1'), await one.getStateAt('2')], [undefined, undefined], 'what was destroyed')
    bench.equal(await sibling.getStateAt('1'), 3, 'a sibling')
    await other.destroyVersionedStateContainer()
    await one.initVersionedStateContainer()
    bench.equal(await one.setStateAt('new', '1'), true, 'whether a destroyed version is free')
    bench.equal(await other.getStateAt('1'), 'new', 'what was set after')
  },
}

const durable: Scenario = {
  name: 'versions/durable',
  law: 'VersionedStateContainer 3',
  run: async (bench) => {
    const container = await bench.container()
    for (let i = 0; i < 20; i++) await container.setStateAt({ i }, `${i}`)
    await container.deleteStateAt('7')
    await bench.interrupt()
    const again = await bench.container()
    for (let i = 0; i < 20; i++) {
      bench.equalData(await again.getStateAt(`${i}`), i === 7 ? undefined : { i }, `version ${i}`)
    }
    bench.equal(await again.setStateAt('other', '3'), false, 'whether a version that was set is free')
  },
}

export const living: Suite = [init, remove, destroy, durable]
