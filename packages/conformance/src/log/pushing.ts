import { record } from '../fixtures/records.js'
import type { Scenario, Suite } from '../scenario.js'

const push: Scenario = {
  name: 'log/push',
  law: 'Log 9',
  run: async (bench) => {
    const [log, other] = await bench.logs(2)
    let woken = 0
    await log.subscribe(() => {
      woken++
    })
    for (let i = 1; i <= 3; i++) {
      const before = woken
      await other.append(record(`${i}`), 0)
      await bench.eventually(() => woken > before, `a push of append ${i}`)
    }
  },
}

const unsubscribe: Scenario = {
  name: 'log/push-ends',
  law: 'Log 9',
  run: async (bench) => {
    const [log, other] = await bench.logs(2)
    let first = 0
    let second = 0
    const one = await log.subscribe(() => {
      first++
    })
    const two = await log.subscribe(() => {
      second++
    })
    await other.append(record('a'), 0)
    await bench.eventually(() => first > 0 && second > 0, 'a push for both')
    await one[Symbol.asyncDispose]()
    const ended = first
    const before = second
    await other.append(record('b'), 0)
    await bench.eventually(() => second > before, 'a push for who stayed')
    bench.equal(first, ended, 'calls of who had left')
    await two[Symbol.asyncDispose]()
  },
}

export const pushing: Suite = [push, unsubscribe]
