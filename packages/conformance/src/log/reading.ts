import type { Entry } from '@avout/core/backend'
import { appendAll, names, readAll, record, shown } from '../fixtures/records.js'
import type { Scenario, Suite } from '../scenario.js'

const tail: Scenario = {
  name: 'log/tail',
  law: 'Log 6',
  run: async (bench) => {
    const logs = await bench.logs(3)
    for (let i = 0; i < 40; i++) {
      const { position } = await bench.random.pick(logs).append(record(`${i}`), 0)
      const reader = bench.random.pick(logs)
      const told = await reader.tail()
      bench.ok(told >= position, `the tail is ${told}, after ${position} was acknowledged`)
      const last = (await reader.read(told - 1, 10))[0]
      bench.equal(last?.position, told, 'what is read at the tail')
    }
  },
}

const upToTheTail: Scenario = {
  name: 'log/read-to-tail',
  law: 'Log 7',
  run: async (bench) => {
    const logs = await bench.logs(4)
    const [reader, ...writers] = logs
    let writing = true
    const written = bench.begin(
      Promise.all(writers.map((log, i) => appendAll(log, names(30, `w${i}.`)))).finally(() => {
        writing = false
      }),
    )
    let seen = 0
    while (writing) {
      const learned = await bench.random.pick(logs).tail()
      const entries = await reader.read(seen, 1000)
      const last = entries.at(-1)?.position ?? seen
      bench.ok(last >= learned, `read up to ${last}, though the tail had been ${learned}`)
      bench.equal(
        entries.map(({ position }) => position),
        entries.map((_, i) => seen + 1 + i),
        'the positions read',
      )
      seen = last
    }
    await written
  },
}

const pages: Scenario = {
  name: 'log/read-pages',
  law: 'Log 7',
  run: async (bench) => {
    const log = await bench.log()
    await Promise.all(names(120).map((name) => log.append(record(name), 0)))
    const all: readonly Entry[] = await readAll(log)
    for (const limit of [1, 2, 7, 119, 120, 1000]) {
      bench.equal((await readAll(log, 0, limit)).map(shown), all.map(shown), `pages of ${limit}`)
      const after = bench.random.between(0, all.length)
      const page = await log.read(after, limit)
      bench.equal(page.map(shown), all.slice(after, after + limit).map(shown), `${limit} behind ${after}`)
    }
    bench.equal(await log.read(all.length, 10), [], 'what is behind the tail')
    bench.equal(await log.read(all.length + 100, 10), [], 'what is far behind the tail')
  },
}

const kept: Scenario = {
  name: 'log/unchanged',
  law: 'Log 2',
  run: async (bench) => {
    const log = await bench.log()
    await appendAll(log, names(5))
    const before = (await readAll(log)).map(shown)
    for (let i = 0; i < 5; i++) {
      await log.append(record('more'), 0)
      const again = (await readAll(await bench.log())).map(shown)
      bench.equal(again.slice(0, before.length), before, 'what was read before')
    }
  },
}

export const reading: Suite = [tail, upToTheTail, pages, kept]
