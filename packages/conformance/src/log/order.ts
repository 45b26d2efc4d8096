import type { Appended, Entry } from '@avout/core/backend'
import type { Bench } from '../bench.js'
import { names, readAll, record, shown, textOf } from '../fixtures/records.js'
import type { Scenario, Suite } from '../scenario.js'

/** What several clients appended at once, each one record after the other, and what they were told. */
async function race(bench: Bench, clients: number, each: number) {
  const logs = await bench.logs(clients)
  const told: (Appended & { name: string; after: number })[] = []
  await Promise.all(
    logs.map(async (log, client) => {
      let after = 0
      for (const name of names(each, `c${client}.`)) {
        // Some know all there is, some lag behind.
        if (bench.random.chance(0.3)) after = await log.tail()
        const appended = await log.append(record(name), after)
        told.push({ ...appended, name, after })
        if (bench.random.chance(0.5)) after = appended.position
      }
    }),
  )
  const readers = await bench.logs(2)
  const views = await Promise.all([...readers, ...logs].map((log) => readAll(log, 0, bench.random.between(1, 50))))
  return { told, views, entries: views[0] as Entry[] }
}

const dense: Scenario = {
  name: 'log/dense',
  law: 'Log 2',
  run: async (bench) => {
    const { told, views, entries } = await race(bench, 4, 25)
    bench.equal(
      entries.map(({ position }) => position),
      entries.map((_, i) => i + 1),
      'the positions',
    )
    for (const view of views) bench.equal(view.map(shown), entries.map(shown), 'what another client reads')
    const byName = new Map(told.map(({ name, position }) => [name, position]))
    bench.equal(byName.size, 100, 'acknowledged appends')
    const found = entries.filter(({ record: bytes }) => bytes.length > 0)
    bench.equal(found.length, 100, 'records in the log')
    for (const entry of found) bench.equal(entry.position, byName.get(textOf(entry)), `the place of ${textOf(entry)}`)
  },
}

const missedInRace: Scenario = {
  name: 'log/missed-in-race',
  law: 'Log 4',
  run: async (bench) => {
    const { told, entries } = await race(bench, 4, 25)
    for (const { missed, after, position } of told) {
      bench.ok(missed.length < position - after, `${missed.length} missed between ${after} and ${position}`)
      const wanted = entries.slice(after, after + missed.length)
      bench.equal(missed.map(shown), wanted.map(shown), `what was missed between ${after} and ${position}`)
    }
  },
}

const strict: Scenario = {
  name: 'log/strict',
  law: 'Log 3',
  run: async (bench) => {
    const logs = await bench.logs(3)
    let last = 0
    for (let i = 0; i < 60; i++) {
      const { position } = await bench.random.pick(logs).append(record(`${i}`), bench.random.between(0, last))
      bench.ok(position > last, `append ${i} got position ${position}, after ${last} was acknowledged`)
      last = position
    }
  },
}

export const ordering: Suite = [dense, missedInRace, strict]
