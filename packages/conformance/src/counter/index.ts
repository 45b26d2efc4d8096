import { HOSTILE_NAMES } from '../fixtures/names.js'
import type { Scenario, Suite } from '../scenario.js'

const begins: Scenario = {
  name: 'counter/begins',
  law: 'Counter 1',
  run: async (bench) => {
    const counter = await bench.counter()
    bench.equal(await counter.current(), 0, 'a counter that nobody raised')
    bench.equal(await counter.next(), 1, 'its first number')
    bench.equal(await counter.next(1), 2, 'its second number')
    bench.equal(await counter.next(10), 12, 'ten more')
    bench.equal(await counter.current(), 12, 'its current number')
  },
}

const unique: Scenario = {
  name: 'counter/unique',
  law: 'Counter 1',
  run: async (bench) => {
    const counters = await bench.several(4, () => bench.counter())
    const taken = new Set<number>()
    await Promise.all(
      counters.map(async (counter) => {
        for (let i = 0; i < 40; i++) {
          const n = bench.random.between(1, 5)
          const answer = await counter.next(n)
          for (let number = answer - n + 1; number <= answer; number++) {
            bench.ok(number > 0 && !taken.has(number), `number ${number} was given twice`)
            taken.add(number)
          }
        }
      }),
    )
    const atOnce = await Promise.all(counters.flatMap((counter) => [counter.next(), counter.next(), counter.next()]))
    bench.equal(new Set([...taken, ...atOnce]).size, taken.size + 12, 'numbers, twelve of them given at once')
  },
}

const monotonic: Scenario = {
  name: 'counter/monotonic',
  law: 'Counter 2',
  run: async (bench) => {
    const counters = await bench.several(3, () => bench.counter())
    let last = 0
    for (let i = 0; i < 60; i++) {
      const answer = await bench.random.pick(counters).next(bench.random.between(1, 3))
      bench.ok(answer > last, `next answered ${answer} after ${last}`)
      last = answer
      const current = await bench.random.pick(counters).current()
      bench.ok(current >= last, `current answered ${current} after ${last} was given`)
    }
  },
}

const names: Scenario = {
  name: 'counter/names',
  law: 'Counter 1',
  run: async (bench) => {
    const counter = bench.offered((await bench.client()).counter)
    await Promise.all(HOSTILE_NAMES.map((name, i) => counter(name).next(i + 1)))
    const other = bench.offered((await bench.client()).counter)
    for (const [i, name] of HOSTILE_NAMES.entries()) {
      bench.equal(await other(name).current(), i + 1, `the counter ${JSON.stringify(name)}`)
    }
  },
}

const realms: Scenario = {
  name: 'counter/realms',
  law: 'Backend: realms are apart',
  run: async (bench) => {
    const siblings = [bench.realm, `${bench.realm}a`, `${bench.realm}/a`]
    const counters = await Promise.all(
      siblings.map(async (realm) => bench.offered((await bench.client(realm)).counter)('c')),
    )
    await Promise.all(counters.map((counter, i) => counter.next(i + 1)))
    bench.equal(await Promise.all(counters.map((counter) => counter.current())), [1, 2, 3], 'one counter a realm')
  },
}

const durable: Scenario = {
  name: 'counter/durable',
  law: 'Counter 2',
  run: async (bench) => {
    const last = await (await bench.counter()).next(7)
    await bench.interrupt()
    const again = await bench.counter()
    bench.ok((await again.current()) >= last, 'the counter went back')
    bench.ok((await again.next()) > last, 'the counter gave a number again')
  },
}

export const counter: Suite = [begins, unique, monotonic, names, realms, durable]
