import { AvoutError, UnavailableError } from '@avout/core'
import type { Appended, Log } from '@avout/core/backend'
import type { Bench } from '../bench.js'
import type { Scenario, Suite } from '../scenario.js'
import type { Player } from './player.js'

interface Tally {
  readonly acknowledged: number
  readonly unknown: number
}

/**
 * Increments until told to stop. Counts those that were acknowledged, and those whose outcome nobody knows; what is reported as
 * not committed is neither.
 */
async function incrementWhile(player: Player, goesOn: () => boolean, name = '/count'): Promise<Tally> {
  let acknowledged = 0
  let unknown = 0
  while (goesOn()) {
    try {
      await player.increment(name)
      acknowledged++
    } catch (error) {
      if (!AvoutError.isInstance(error)) throw error
      if (error.kind === 'unknown') unknown++
      if (error.kind === 'closed') break
      if (error.kind !== 'unknown' && error.kind !== 'unavailable') throw error
    }
  }
  return { acknowledged, unknown }
}

function judgeCount(bench: Bench, count: number, tallies: readonly Tally[]): void {
  const acknowledged = tallies.reduce((sum, tally) => sum + tally.acknowledged, 0)
  const most = acknowledged + tallies.reduce((sum, tally) => sum + tally.unknown, 0)
  bench.ok(acknowledged > 0, 'nothing was acknowledged')
  bench.ok(count >= acknowledged, `${acknowledged} increments were acknowledged, ${count} are there`)
  bench.ok(count <= most, `${count} increments are there, at most ${most} were made`)
}

const closedMidway: Scenario = {
  name: 'engine/closed-midway',
  law: 'Transactions: exactly once',
  run: async (bench) => {
    const [staying, ...leaving] = await bench.players(3)
    let going = true
    const work = bench.begin(
      Promise.all([
        ...leaving.flatMap((player) => [player, player, player]).map((player) => incrementWhile(player, () => true)),
        incrementWhile(staying, () => going),
      ]),
    )
    for (const player of leaving) {
      const { position } = await staying.avout.health()
      await bench.eventually(
        async () => (await staying.avout.health()).position > position + 3,
        'commits of three clients',
      )
      await player.avout.close({ drain: 0 })
    }
    // Who stays goes on: what the others had begun is there whole or not at all, and blocks nobody.
    await bench.several(5, () => staying.increment('/alone'))
    going = false
    const tallies = await work
    judgeCount(bench, await (await bench.connect()).ref('/count', 0).deref(), tallies)
    bench.equal(await staying.ref('/alone', 0).deref(), 5, 'increments of who stayed')
  },
}

/** Makes every n-th append fail for its caller, as a network does: before it was applied, or after. */
function losing(every: number, applied: boolean): { around: (log: Log) => Partial<Log>; lost(): number } {
  let calls = 0
  let lost = 0
  const fate = async (append: () => Promise<Appended>): Promise<Appended> => {
    if (++calls % every !== 0) return append()
    lost++
    if (applied) await append()
    throw new UnavailableError('the answer was lost, for a test', 'test')
  }
  const around = (log: Log): Partial<Log> => {
    const { appendWith } = log
    const plain: Partial<Log> = { append: (record, after) => fate(() => log.append(record, after)) }
    if (appendWith === undefined) return plain
    return { ...plain, appendWith: (record, after, values) => fate(() => appendWith.call(log, record, after, values)) }
  }
  return { around, lost: () => lost }
}

const lost = (name: string, applied: boolean): Scenario => ({
  name,
  law: 'Log 1, Transactions: exactly once',
  run: async (bench) => {
    const { around, lost } = losing(3, applied)
    const unlucky = await bench.several(2, () => bench.connect({}, around))
    const lucky = await bench.connect()
    const each = 8
    const acknowledged = await Promise.all(
      [...unlucky, lucky].map(async (player) => {
        for (let i = 0; i < each; i++) await player.increment('/count')
      }),
    )
    bench.ok(lost() > 2, `only ${lost()} answers were lost`)
    for (const player of [...unlucky, await bench.connect()]) {
      bench.equal(await player.ref('/count', 0).deref(), each * acknowledged.length, 'increments, each made once')
    }
  },
})

const restarted: Scenario = {
  name: 'engine/restart',
  law: 'Transactions: exactly once, durable',
  run: async (bench) => {
    const players = await bench.players(3, { timeout: 15_000 })
    for (const player of players) await player.increment('/count')
    let going = true
    const work = bench.begin(
      Promise.all(players.flatMap((player) => [0, 1].map(() => incrementWhile(player, () => going)))),
    )
    const [first] = players
    const { position } = await first.avout.health()
    await bench.eventually(
      async () => (await first.avout.health()).position > position + 5,
      'commits before the restart',
    )
    await bench.restart()
    // By themselves, all of them: nobody connects anew.
    for (const player of players) await bench.eventually(() => answers(player), 'a commit after the restart', 20_000)
    going = false
    const tallies = await work
    const made = [...tallies, { acknowledged: players.length, unknown: 0 }]
    const counts = await Promise.all(
      [...players, await bench.connect()].map((player) => player.ref('/count', 0).deref()),
    )
    for (const count of counts) judgeCount(bench, count, made)
    bench.equal(new Set(counts).size, 1, 'how many counts there are')
  },
}

async function answers(player: Player): Promise<boolean> {
  try {
    await player.increment('/after')
    return true
  } catch (error) {
    if (AvoutError.isInstance(error) && (error.kind === 'unavailable' || error.kind === 'unknown')) return false
    throw error
  }
}

/** Every client goes; the store keeps what was acknowledged. */
const reopened: Scenario = {
  name: 'engine/reopened',
  law: 'Transactions: durable',
  run: async (bench) => {
    const players = await bench.players(2)
    for (let i = 0; i < 10; i++) await players[i % 2]?.increment('/count')
    await bench.close()
    const again = await bench.connect()
    bench.equal(await again.ref('/count', 0).deref(), 10, 'what was acknowledged before all clients went')
    bench.equal(await again.increment('/count'), 11, 'what goes on from there')
  },
}

export const failing: Suite = [
  closedMidway,
  lost('engine/lost-acknowledgement', true),
  lost('engine/lost-append', false),
  { has: (_, harness) => harness.restart !== undefined, strong: [restarted], weak: [reopened] },
]
