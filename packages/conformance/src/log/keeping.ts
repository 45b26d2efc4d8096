import { appendAll, names, readAll, record, shown } from '../fixtures/records.js'
import type { Scenario, Suite } from '../scenario.js'

const realms: Scenario = {
  name: 'log/realms',
  law: 'Backend: realms are apart',
  run: async (bench) => {
    const siblings = ['', 'a', 'aa', '/a', ' b'].map((suffix) => `${bench.realm}${suffix}`)
    const logs = await Promise.all(siblings.map(async (realm) => bench.offered((await bench.client(realm)).log)))
    await Promise.all(logs.map((log, i) => appendAll(log, names(i + 1, `${i}.`))))
    for (const [i, log] of logs.entries()) {
      const found = (await readAll(log)).filter(({ record: bytes }) => bytes.length > 0).map(shown)
      bench.equal(
        found.map((line) => line.split(' ')[1]),
        names(i + 1, `${i}.`),
        `the log of realm "${siblings[i]}"`,
      )
    }
    await logs[1]?.trim(2)
    bench.equal(await logs[2]?.floor(), 1, 'the floor of a sibling')
  },
}

const durable: Scenario = {
  name: 'log/durable',
  law: 'Log 2',
  run: async (bench) => {
    const log = await bench.log()
    await appendAll(log, names(20))
    await log.trim(5)
    const tail = await log.tail()
    const before = (await readAll(log)).map(shown)
    await bench.interrupt()
    const again = await bench.log()
    bench.equal([await again.floor(), await again.tail()], [5, tail], 'floor and tail')
    bench.equal((await readAll(again)).map(shown), before, 'the entries')
    const { position } = await again.append(record('more'), tail)
    bench.ok(position > tail, `position ${position} in a log that had reached ${tail}`)
  },
}

export const keeping: Suite = [realms, durable]
