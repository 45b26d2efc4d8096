import type { Data } from '@avout/core/backend'
import { HOSTILE_NAMES } from '../fixtures/names.js'
import { VALUES } from '../fixtures/values.js'
import type { Scenario, Suite } from '../scenario.js'

const register: Scenario = {
  name: 'state/register',
  law: 'StateContainer 1',
  run: async (bench) => {
    const states = await bench.several(3, () => bench.state())
    for (const state of states) bench.equal(await state.getState(), undefined, 'a state that nobody set')
    for (let i = 0; i < 40; i++) {
      const value = VALUES[i % VALUES.length] as Data
      await bench.random.pick(states).setState(value)
      for (const state of states) bench.equalData(await state.getState(), value, 'the last value set')
    }
  },
}

const destroy: Scenario = {
  name: 'state/destroy',
  law: 'StateContainer 1',
  run: async (bench) => {
    const [one, other, sibling] = [await bench.state(), await bench.state(), await bench.state('state2')]
    await one.setState('kept')
    await sibling.setState('sibling')
    await Promise.all([other.initStateContainer(), one.initStateContainer()])
    bench.equal(await one.getState(), 'kept', 'a value after init')
    await other.destroyStateContainer()
    bench.equal(await one.getState(), undefined, 'what was destroyed')
    bench.equal(await sibling.getState(), 'sibling', 'a sibling')
    await other.destroyStateContainer()
    await one.initStateContainer()
    await one.setState(null)
    bench.equal(await other.getState(), null, 'what was set after')
  },
}

const names: Scenario = {
  name: 'state/names',
  law: 'StateContainer 4',
  run: async (bench) => {
    await Promise.all(HOSTILE_NAMES.map(async (name, i) => (await bench.state(name)).setState(i)))
    const state = bench.offered((await bench.client()).state)
    for (const [i, name] of HOSTILE_NAMES.entries()) {
      bench.equal(await state(name).getState(), i, `the state ${JSON.stringify(name)}`)
    }
    const apart = bench.offered((await bench.client(`${bench.realm}a`)).state)
    bench.equal(await apart('a').getState(), undefined, 'that name in another realm')
  },
}

const durable: Scenario = {
  name: 'state/durable',
  law: 'StateContainer 1',
  run: async (bench) => {
    await (await bench.state()).setState({ kept: [1, null] })
    await bench.interrupt()
    bench.equalData(await (await bench.state()).getState(), { kept: [1, null] }, 'the value')
  },
}

export const registers: Suite = [register, destroy, names, durable]
