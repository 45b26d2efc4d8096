import { UnavailableError } from '@avout/core'
import type { Log } from '@avout/core/backend'
import type { Bench } from '../bench.js'
import { appendAll, names, readAll, record, shown } from '../fixtures/records.js'
import type { Scenario, Suite } from '../scenario.js'

/** A log of ten entries, and another client's view of it. */
async function tenEntries(bench: Bench): Promise<{ log: Log; other: Log; tail: number }> {
  const log = await bench.log()
  const other = await bench.log()
  await appendAll(log, names(10))
  return { log, other, tail: await log.tail() }
}

const trim: Scenario = {
  name: 'log/trim',
  law: 'Log 8',
  run: async (bench) => {
    const { log, other, tail } = await tenEntries(bench)
    const before = (await readAll(log)).map(shown)
    await log.trim(4)
    for (const client of [log, other, await bench.log()]) {
      bench.equal(await client.floor(), 4, 'the floor')
      bench.equal(await client.tail(), tail, 'the tail')
      for (const after of [0, 1, 2, 3]) {
        bench.equal((await client.read(after, 100)).map(shown), before.slice(3), `what is read behind ${after}`)
      }
      bench.equal((await client.read(0, 2)).map(shown), before.slice(3, 5), 'the first two')
    }
    const appended = await other.append(record('more'), 1)
    bench.equal(appended.missed.map(shown), before.slice(3, 3 + appended.missed.length), 'what was missed and is kept')
    bench.ok(appended.position > tail, `position ${appended.position} after a trim, behind ${tail}`)
  },
}

const neverLowered: Scenario = {
  name: 'log/trim-never-lowers',
  law: 'Log 8',
  run: async (bench) => {
    const { log, other } = await tenEntries(bench)
    await log.trim(6)
    await other.trim(3)
    await log.trim(1)
    bench.equal([await log.floor(), await other.floor()], [6, 6], 'the floor')
    bench.equal((await other.read(0, 1))[0]?.position, 6, 'the first entry')
  },
}

const lastStays: Scenario = {
  name: 'log/trim-last-stays',
  law: 'Log 8',
  run: async (bench) => {
    const untouched = await bench.log()
    await untouched.trim(5)
    bench.equal([await untouched.floor(), await untouched.tail()], [1, 0], 'floor and tail of an empty log, trimmed')
    const { log, other, tail } = await tenEntries(bench)
    const last = (await log.read(tail - 1, 1)).map(shown)
    await log.trim(tail + 1000)
    bench.equal(await other.floor(), tail, 'the floor')
    bench.equal(await other.tail(), tail, 'the tail')
    bench.equal((await other.read(0, 10)).map(shown), last, 'what is left')
    // A log that was emptied must not begin anew.
    const { position } = await (await bench.log()).append(record('more'), tail)
    bench.ok(position > tail, `position ${position} in a log that had reached ${tail}`)
  },
}

const trimmers: Scenario = {
  name: 'log/trim-together',
  law: 'Log 8',
  run: async (bench) => {
    const { log, tail } = await tenEntries(bench)
    const before = (await readAll(log)).map(shown)
    const clients = await bench.logs(4)
    await Promise.all(clients.map((client, i) => client.trim(3 + i)))
    bench.equal(await log.floor(), 6, 'the floor after trims to 3, 4, 5 and 6')
    bench.equal((await log.read(0, 100)).map(shown), before.slice(5), 'what is left')
    bench.equal(await log.tail(), tail, 'the tail')
  },
}

/** A place may be trimmed away before its writer has learned that it is his: that append is rejected (law 1), and made again. */
async function appendInSpite(log: Log, all: readonly string[]): Promise<number[]> {
  const positions: number[] = []
  while (positions.length < all.length) {
    try {
      positions.push(...(await appendAll(log, all.slice(positions.length, positions.length + 1))))
    } catch (error) {
      if (!UnavailableError.isInstance(error)) throw error
    }
  }
  return positions
}

const whileAppending: Scenario = {
  name: 'log/trim-while-appending',
  law: 'Log 8',
  run: async (bench) => {
    const [trimmer, reader, ...writers] = await bench.logs(4)
    let writing = true
    const written = bench.begin(
      Promise.all(writers.map((log, i) => appendInSpite(log, names(40, `w${i}.`)))).finally(() => {
        writing = false
      }),
    )
    while (writing) {
      const tail = await trimmer.tail()
      if (tail > 0) await trimmer.trim(Math.max(1, tail - bench.random.between(0, 5)))
      const floor = await trimmer.floor()
      const entries = await reader.read(bench.random.between(0, tail), 1000)
      const first = entries[0]?.position ?? floor
      bench.ok(first >= floor, `entry ${first} was read, after the floor was ${floor}`)
      bench.equal(
        entries.map(({ position }) => position),
        entries.map((_, i) => first + i),
        'the positions read',
      )
    }
    const positions = await written
    bench.equal(new Set(positions.flat()).size, 80, 'positions of 80 appends')
  },
}

export const trimming: Suite = [trim, neverLowered, lastStays, trimmers, whileAppending]
