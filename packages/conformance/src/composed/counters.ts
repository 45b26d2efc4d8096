import { names, readAll, record, shown } from '../fixtures/records.js'
import type { Scenario, Suite } from '../scenario.js'
import { composedLog, rawParts } from './parts.js'

/** The counter is a hint: it may lose what it gave, or leap. */
const lost: Scenario = {
  name: 'composed/counter-lost',
  law: 'composeLog: the counter is a hint',
  run: async (bench) => {
    const before = await composedLog(bench)
    for (const name of names(5)) await before.append(record(name), 0)
    const kept = (await readAll(before)).map(shown)
    // As if the counter's store had been emptied: the same slots with a counter of another realm.
    const empty = `${bench.realm}-empty`
    const logs = await bench.several(3, () => composedLog(bench, undefined, empty))
    const positions = await Promise.all(logs.map(async (log, i) => (await log.append(record(`${i}`), 5)).position))
    bench.equal(new Set(positions).size, 3, 'the positions of three appends')
    const again = (await readAll(before)).map(shown)
    bench.equal(again.slice(0, 5), kept, 'what was there')
    const more = await before.append(record('more'), 5)
    bench.ok(more.position > Math.max(...positions), 'an append of one who knew the counter before')
  },
}

const leapt: Scenario = {
  name: 'composed/counter-leapt',
  law: 'composeLog: the counter is a hint',
  run: async (bench) => {
    const logs = await bench.several(3, () => composedLog(bench))
    const { counter } = await rawParts(bench)
    const reader = await composedLog(bench)
    await reader.append(record('first'), 0)
    await counter.next(1_000_000)
    await Promise.all(logs.map((log, i) => log.append(record(`${i}`), 1)))
    const tail = await bench.random.pick(logs).tail()
    bench.ok(tail < 1000, `the tail is ${tail}: a leap of the counter was filled`)
    const records = (await readAll(reader)).filter((entry) => entry.record.length > 0)
    bench.equal(records.length, 4, 'records')
  },
}

export const counters: Suite = [lost, leapt]
