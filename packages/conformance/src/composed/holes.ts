import { names, readAll, record, shown, textOf } from '../fixtures/records.js'
import type { Scenario, Suite } from '../scenario.js'
import { composedLog, rawParts } from './parts.js'

const abandoned: Scenario = {
  name: 'composed/abandoned-slot',
  law: 'composeLog: holes',
  run: async (bench) => {
    const { counter } = await rawParts(bench)
    const [log, other] = await bench.several(2, () => composedLog(bench))
    await log.append(record('first'), 0)
    for (let i = 0; i < 3; i++) {
      await counter.next(bench.random.between(1, 4)) // taken, and never written
      const appended = await bench.random.pick([log, other]).append(record(`${i}`), 1)
      const entries = await readAll(other)
      bench.equal(entries.map(shown).at(-1), `${appended.position} ${i}`, 'the last entry')
      bench.equal(
        entries.map(({ position }) => position),
        entries.map((_, at) => at + 1),
        'the positions',
      )
      bench.equal((await readAll(log)).map(shown), entries.map(shown), 'what another client reads')
    }
    bench.equal((await readAll(log)).map(textOf).filter(Boolean), ['first', '0', '1', '2'], 'the records')
  },
}

const lateWriter: Scenario = {
  name: 'composed/late-writer',
  law: 'composeLog: the slow writer appends again',
  run: async (bench) => {
    const held = holdWrites()
    const slow = await composedLog(bench, held.decorate)
    const fast = await composedLog(bench)
    const late = bench.begin(slow.append(record('late'), 0))
    await held.caught()
    await Promise.all(names(5).map((name) => fast.append(record(name), 0)))
    const before = (await readAll(fast)).map(shown)
    held.release()
    const { position } = await late
    const after = (await readAll(fast)).map(shown)
    bench.equal(after.slice(0, before.length), before, 'what was read before')
    bench.equal(
      after.filter((line) => line.endsWith(' late')),
      [`${position} late`],
      'the late record',
    )
    bench.ok(position > before.length, `position ${position} was read as something else`)
  },
}

const trimmedSlot: Scenario = {
  name: 'composed/late-writer-trimmed',
  law: 'Log 8',
  run: async (bench) => {
    const held = holdWrites()
    const slow = await composedLog(bench, held.decorate)
    const fast = await composedLog(bench)
    const asleep = await composedLog(bench)
    const late = bench.begin(bench.rejects(() => slow.append(record('late'), 0), 'an append into a trimmed slot'))
    await held.caught()
    await Promise.all(names(8).map((name) => fast.append(record(name), 0)))
    await asleep.tail()
    await fast.trim(6)
    held.release()
    await late
    const { slots } = await rawParts(bench)
    await slots.setStateAt('tzombie', '3')
    for (const log of [asleep, fast, slow, await composedLog(bench)]) {
      const entries = await readAll(log)
      bench.equal(entries[0]?.position, 6, 'the first entry')
      bench.ok(!entries.some((entry) => /late|zombie/.test(textOf(entry))), 'what was won below the floor is read')
      bench.equal(await log.tail(), 9, 'the tail')
    }
  },
}

/** A session's slot writes are held from the first on, until released. */
function holdWrites() {
  let release = (): void => undefined
  let isCaught = (): void => undefined
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  const caught = new Promise<void>((resolve) => {
    isCaught = resolve
  })
  const decorate = async <T>(write: () => Promise<T>): Promise<T> => {
    isCaught()
    await released
    return write()
  }
  return { decorate, release: () => release(), caught: () => caught }
}

export const holes: Suite = [abandoned, lateWriter, trimmedSlot]
