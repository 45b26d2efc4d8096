import { appendAll, names, record, shown } from '../fixtures/records.js'
import type { Scenario, Suite } from '../scenario.js'

const missed: Scenario = {
  name: 'log/missed',
  law: 'Log 4',
  run: async (bench) => {
    const [log, other] = await bench.logs(2)
    await appendAll(other, names(10))
    const tail = await other.tail()
    for (const behind of [0, 1, 2, 5, tail]) {
      const after = (await log.tail()) - behind
      const appended = await log.append(record(`behind ${behind}`), after)
      const between = (await other.read(after, 1000)).filter(({ position }) => position < appended.position)
      bench.equal(
        appended.missed.map(shown),
        between.slice(0, appended.missed.length).map(shown),
        `what was missed behind ${after}`,
      )
      if (behind > 0) bench.ok(appended.missed.length > 0, `${behind} entries were missed, and none was told`)
    }
  },
}

const many: Scenario = {
  name: 'log/missed-many',
  law: 'Log 4',
  run: async (bench) => {
    const log = await bench.log()
    const other = await bench.log()
    const records = names(300)
    await Promise.all(records.map((name) => other.append(record(name), 0)))
    const appended = await log.append(record('last'), 0)
    const entries = await other.read(0, 1000)
    bench.ok(appended.position > 300, `the last one's position is ${appended.position}`)
    bench.ok(appended.missed.length > 0, 'none of the missed was told')
    // It may stop short: then a read goes on where it ended.
    bench.equal(
      appended.missed.map(shown),
      entries.slice(0, appended.missed.length).map(shown),
      'the first of those missed',
    )
    const rest = await log.read(appended.missed.length, 1000)
    bench.equal([...appended.missed, ...rest].map(shown), entries.map(shown), 'they and what is read behind them')
  },
}

const lostFuture: Scenario = {
  name: 'log/lost-future',
  law: 'Log 5',
  run: async (bench) => {
    const log = await bench.log()
    const append = (after: number) =>
      bench.rejectsAs('diverged', () => log.append(record('no'), after), `append behind ${after}`)
    await append(1)
    bench.equal(await log.tail(), 0, 'the tail of an empty log that refused an append')
    await appendAll(log, names(3))
    const tail = await log.tail()
    await append(tail + 1)
    await append(tail + 1000)
    bench.equal(await log.tail(), tail, 'the tail after what was refused')
    const { position } = await log.append(record('yes'), tail)
    bench.ok(position > tail, `position ${position} is not behind ${tail}`)
    bench.equal(
      (await log.read(tail, 10)).filter((entry) => entry.record.length > 0).map(shown),
      [`${position} yes`],
      'what follows',
    )
  },
}

export const missing: Suite = [missed, many, lostFuture]
