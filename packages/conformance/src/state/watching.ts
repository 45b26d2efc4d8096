import type { Scenario, Suite } from '../scenario.js'

const watch: Scenario = {
  name: 'state/watch',
  law: 'StateContainer 3',
  run: async (bench) => {
    const [one, other, sibling] = [await bench.state(), await bench.state(), await bench.state('state2')]
    let first = 0
    let second = 0
    const watchOf = (changed: () => void) => bench.offered(one.watchState).call(one, changed)
    const watching = await watchOf(() => {
      first++
    })
    const staying = await watchOf(() => {
      second++
    })
    for (let i = 0; i < 3; i++) {
      const before = [first, second]
      await sibling.setState(i)
      await other.setState(i)
      await bench.eventually(() => first > (before[0] ?? 0) && second > (before[1] ?? 0), `a call for change ${i}`)
      bench.equal(await one.getState(), i, 'the value that a watcher reads then')
    }
    await watching[Symbol.asyncDispose]()
    const ended = first
    const before = second
    await other.setState('more')
    await bench.eventually(() => second > before, 'a call for who stayed')
    bench.equal(first, ended, 'calls of who had left')
    await staying[Symbol.asyncDispose]()
  },
}

/** Without a watch, who wants to know of changes reads again and again. */
const poll: Scenario = {
  name: 'state/poll',
  law: 'StateContainer 1',
  run: async (bench) => {
    const [one, other] = await bench.several(2, () => bench.state())
    for (let i = 0; i < 5; i++) {
      await other.setState(i)
      bench.equal(await one.getState(), i, 'what the next read answers')
    }
  },
}

export const watching: Suite = [
  { has: ({ state }) => state?.('probe').watchState !== undefined, strong: [watch], weak: [poll] },
]
