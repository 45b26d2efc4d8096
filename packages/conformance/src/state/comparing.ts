import type { Data, StateContainer } from '@avout/core/backend'
import type { Bench } from '../bench.js'
import { VALUES } from '../fixtures/values.js'
import type { Scenario, Suite } from '../scenario.js'

const compare = (bench: Bench, state: StateContainer, expected: Data | undefined, value: Data): Promise<boolean> =>
  bench.offered(state.compareAndSetState).call(state, expected, value)

const compareAndSet: Scenario = {
  name: 'state/compare-and-set',
  law: 'StateContainer 2',
  run: async (bench) => {
    const [one, other] = await bench.several(2, () => bench.state())
    bench.equal(await compare(bench, one, null, 'no'), false, 'null expected where nothing is')
    bench.equal(await compare(bench, one, undefined, null), true, 'absence expected where nothing is')
    bench.equal(await compare(bench, other, undefined, 'no'), false, 'absence expected where null is')
    bench.equal(await other.getState(), null, 'what is there')
    let current: Data = null
    for (const value of VALUES) {
      const wrong = Array.isArray(current) ? [...current, 1] : [current]
      bench.equal(await compare(bench, other, wrong, 'no'), false, `${JSON.stringify(wrong)} expected`)
      bench.equalData(await one.getState(), current, 'what is there')
      bench.equal(await compare(bench, one, current, value), true, 'what is there expected')
      bench.equalData(await other.getState(), value, 'the new value')
      current = value
    }
  },
}

const deeply: Scenario = {
  name: 'state/compare-deeply',
  law: 'StateContainer 2',
  run: async (bench) => {
    const state = await bench.state()
    const value = { b: [1, { d: 2, c: [] }], a: null }
    await state.setState(value)
    const unequal: Data[] = [
      { b: [1, { d: 2, c: [] }] },
      { b: [1, { d: 2, c: [] }], a: null, e: 1 },
      { b: [{ d: 2, c: [] }, 1], a: null },
      { b: [1, { d: 2, c: {} }], a: null },
      { b: [1, { d: '2', c: [] }], a: null },
      { b: 1, a: null },
      [value],
    ]
    for (const wrong of unequal) {
      bench.equal(await compare(bench, state, wrong, 'no'), false, `${JSON.stringify(wrong)} expected`)
    }
    const orders: Data[] = [value, { a: null, b: [1, { c: [], d: 2 }] }, { a: null, b: [1, { d: 2, c: [] }] }]
    for (const equal of orders) {
      bench.equal(await compare(bench, state, equal, value), true, `${JSON.stringify(equal)} expected`)
    }
    await state.setState([1, 2])
    for (const wrong of [1, [1], [2, 1], { 0: 1, 1: 2 }] satisfies Data[]) {
      bench.equal(await compare(bench, state, wrong, 'no'), false, `${JSON.stringify(wrong)} expected where [1,2] is`)
    }
    bench.equal(await compare(bench, state, [1, 2], 'yes'), true, 'an equal list expected')
  },
}

const race: Scenario = {
  name: 'state/compare-and-set-race',
  law: 'StateContainer 2',
  run: async (bench) => {
    const states = await bench.several(4, () => bench.state())
    const first = await Promise.all(states.map((state, i) => compare(bench, state, undefined, { n: 0, by: i })))
    bench.equal(first.filter(Boolean).length, 1, 'how many of four set what was absent')
    await Promise.all(
      states.map(async (state, by) => {
        for (let done = 0; done < 10; ) {
          const current = (await state.getState()) as { n: number; by: number }
          if (await compare(bench, state, current, { n: current.n + 1, by })) done++
        }
      }),
    )
    bench.equal(((await states[0].getState()) as { n: number }).n, 40, 'what forty increments add up to')
  },
}

/** Without compare-and-set, an atom takes a lock: what it then needs is that the last value set is the one read. */
const blind: Scenario = {
  name: 'state/last-set-wins',
  law: 'StateContainer 1',
  run: async (bench) => {
    const states = await bench.several(3, () => bench.state())
    for (let round = 0; round < 20; round++) {
      await Promise.all(states.map((state, i) => state.setState(`${round} ${i}`)))
      const found = await Promise.all(states.map((state) => state.getState()))
      bench.equal(new Set(found).size, 1, 'how many values three clients read')
      bench.ok(String(found[0]).startsWith(`${round} `), `${found[0]} is read in round ${round}`)
    }
  },
}

export const comparing: Suite = [
  {
    has: ({ state }) => state?.('probe').compareAndSetState !== undefined,
    strong: [compareAndSet, deeply, race],
    weak: [blind],
  },
]
