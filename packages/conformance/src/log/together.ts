import type { Appended, Log, Stored } from '@avout/core/backend'
import type { Bench } from '../bench.js'
import { HOSTILE_NAMES } from '../fixtures/names.js'
import { appendAll, names, record, shown } from '../fixtures/records.js'
import { VALUES } from '../fixtures/values.js'
import type { Scenario, Suite } from '../scenario.js'

interface Pair {
  readonly log: Log
  appendWith(record: Uint8Array, after: number, values: readonly Stored[]): Promise<Appended>
  valueAt(ref: string, version: string): Promise<unknown>
}

/** The log and the values of one session: they are one store. */
async function pair(bench: Bench): Promise<Pair> {
  const { log, versions } = await bench.client()
  const together = bench.offered(log)
  const values = bench.offered(versions)
  return {
    log: together,
    appendWith: bench.offered(together.appendWith).bind(together),
    valueAt: (ref, version) => values.container(ref).getStateAt(version),
  }
}

const value = (ref: string, version: string, stored: Stored['value']): Stored => ({ ref, version, value: stored })

const both: Scenario = {
  name: 'log/together',
  law: 'Log 11',
  run: async (bench) => {
    const [one, other] = await bench.several(2, () => pair(bench))
    const values = VALUES.map((stored, i) => value(HOSTILE_NAMES[i] as string, `v.${i}`, stored))
    const { position } = await one.appendWith(record('with many'), 0, values)
    bench.equal((await other.log.read(position - 1, 1)).map(shown), [`${position} with many`], 'the record')
    for (const { ref, version, value: stored } of values) {
      const found = (await other.valueAt(ref, version)) as Stored['value']
      bench.equalData(found, stored, `the value of ${JSON.stringify(ref)}`)
    }
    const without = await other.appendWith(record('with none'), position, [])
    bench.ok(without.position > position, `position ${without.position} does not follow ${position}`)
    bench.equal(
      (await one.log.read(position, 10)).filter((entry) => entry.record.length > 0).map(shown),
      [`${without.position} with none`],
      'a record without values',
    )
  },
}

const writeOnce: Scenario = {
  name: 'log/together-write-once',
  law: 'Log 11, VersionedStateContainer 1',
  run: async (bench) => {
    const [one, other] = await bench.several(2, () => pair(bench))
    await one.appendWith(record('a'), 0, [value('a', '1', 'first')])
    const tail = await one.log.tail()
    const next = await other.appendWith(record('b'), tail, [value('a', '1', 'second'), value('b', '1', 'new')])
    bench.ok(next.position > tail, 'an append beside a version that is taken was not made')
    bench.equal(await one.valueAt('a', '1'), 'first', 'the version that was taken')
    bench.equal(await one.valueAt('b', '1'), 'new', 'the version beside it')
    // Resent, byte by byte, as a client does that got no answer: the log has it twice, the values are what they were.
    await other.appendWith(record('b'), next.position, [value('a', '1', 'second'), value('b', '1', 'new')])
    bench.equal(
      [await one.valueAt('a', '1'), await one.valueAt('b', '1')],
      ['first', 'new'],
      'the values after a resend',
    )
    // A version twice in one call: one of the two is kept, and the append is made all the same.
    const twice = await one.appendWith(record('c'), 0, [value('c', '1', 1), value('c', '1', 2)])
    bench.ok([1, 2].includes((await other.valueAt('c', '1')) as number), 'neither of two values for one version')
    bench.equal((await other.log.read(twice.position - 1, 1)).map(shown), [`${twice.position} c`], 'its record')
  },
}

const missed: Scenario = {
  name: 'log/together-missed',
  law: 'Log 11, Log 4',
  run: async (bench) => {
    const [one, other] = await bench.several(2, () => pair(bench))
    await appendAll(other.log, names(8))
    for (const behind of [0, 1, 3, 8]) {
      const after = (await other.log.tail()) - behind
      const appended = await one.appendWith(record(`behind ${behind}`), after, [value('a', `${behind}`, behind)])
      const between = (await other.log.read(after, 1000)).filter(({ position }) => position < appended.position)
      const told = appended.missed.map(shown)
      bench.equal(told, between.slice(0, told.length).map(shown), `what was missed behind ${after}`)
      if (behind > 0) bench.ok(told.length > 0, `${behind} entries were missed, and none was told`)
    }
  },
}

const lostFuture: Scenario = {
  name: 'log/together-lost-future',
  law: 'Log 11, Log 5',
  run: async (bench) => {
    const { log, appendWith } = await pair(bench)
    await appendAll(log, names(3))
    const tail = await log.tail()
    for (const after of [tail + 1, tail + 1000]) {
      const append = () => appendWith(record('no'), after, [value('a', '1', 'no')])
      await bench.rejectsAs('diverged', append, `an append with values behind ${after}`)
    }
    bench.equal(await log.tail(), tail, 'the tail after what was refused')
    const { position } = await log.append(record('yes'), tail)
    const after = (await log.read(tail, 10)).filter((entry) => entry.record.length > 0)
    bench.equal(after.map(shown), [`${position} yes`], 'what follows')
  },
}

const bytes: Scenario = {
  name: 'log/together-binary',
  law: 'Log 11, Log 2',
  run: async (bench) => {
    const [one, other] = await bench.several(2, () => pair(bench))
    const everyByte = Uint8Array.from({ length: 256 }, (_, i) => i)
    const chance = Uint8Array.from({ length: 5000 }, () => bench.random.between(0, 255))
    for (const wanted of [everyByte, everyByte.toReversed(), new Uint8Array(100), chance]) {
      const { position } = await one.appendWith(Uint8Array.from(wanted), 0, [value('a', `${wanted.length}`, null)])
      const [entry] = await other.log.read(position - 1, 1)
      bench.equal(Uint8Array.from(entry?.record ?? []), wanted, `a record of ${wanted.length} bytes`)
    }
  },
}

const race: Scenario = {
  name: 'log/together-race',
  law: 'Log 11, Log 3',
  run: async (bench) => {
    const clients = await bench.several(4, () => pair(bench))
    const told = await Promise.all(
      clients.map(async ({ log, appendWith }, writer) => {
        const positions: number[] = []
        for (let i = 0; i < 15; i++) {
          const values = [value('own', `${writer}.${i}`, i), value('fought for', `${i}`, writer)]
          // Both forms at once, as the engine mixes them.
          const plain = i % 3 === 2
          const name = record(`${writer}.${i}`)
          const { position } = await (plain ? log.append(name, 0) : appendWith(name, positions.at(-1) ?? 0, values))
          bench.ok(position > (positions.at(-1) ?? 0), `position ${position} of writer ${writer} goes back`)
          positions.push(position)
        }
        return positions
      }),
    )
    bench.equal(new Set(told.flat()).size, 60, 'the positions of 60 appends')
    const reader = bench.random.pick(clients)
    for (let i = 0; i < 15; i++) {
      for (const writer of clients.keys()) {
        const wanted = i % 3 === 2 ? undefined : i
        bench.equal(await reader.valueAt('own', `${writer}.${i}`), wanted, `value ${i} of writer ${writer}`)
      }
      const winners = await Promise.all(clients.map((client) => client.valueAt('fought for', `${i}`)))
      bench.equal(new Set(winners).size, 1, 'how many values clients read at one version')
    }
  },
}

export const together: Suite = [
  {
    has: ({ log, versions }) => log?.appendWith !== undefined && versions !== undefined,
    strong: [both, writeOnce, missed, lostFuture, bytes, race],
    weak: [],
  },
]
