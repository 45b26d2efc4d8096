import type { Bench } from '../bench.js'
import type { Scenario, Suite } from '../scenario.js'
import type { Player } from './player.js'

/** Slow bodies over the same two refs, in many clients: without order among them most runs are in vain. */
async function contend(bench: Bench): Promise<void> {
  const players = await bench.players(4)
  const each = 4
  const slowly = (player: Player, i: number) =>
    player.avout.dosync(async (tx) => {
      const [first, second] = [player.ref<number>('/a', 0), player.ref<number>('/b', 0)]
      const n = await tx.get(i % 2 === 0 ? first : second)
      await bench.clock.sleep(3)
      await tx.alter(first, () => n + 1)
      await tx.alter(second, () => n + 1)
    })
  await Promise.all(
    players.flatMap((player) =>
      [0, 1].map(async (i) => {
        for (let n = 0; n < each; n++) await slowly(player, i + n)
      }),
    ),
  )
  const reader = await bench.connect()
  const counts = await reader.avout.read((tx) => tx.getAll([reader.ref('/a', 0), reader.ref('/b', 0)]))
  bench.equal(counts, [each * 8, each * 8], "increments of four clients that are in each other's way")
}

/** A body that is overtaken in each of its runs until it holds the lock that puts contenders in order. */
async function overtaken(bench: Bench): Promise<void> {
  const [slow, rival] = await bench.players(2)
  const lock = await bench.lock('~ref:/count')
  let held = false
  const runs = await slow.avout.dosync(async (tx) => {
    const n = await tx.get(slow.ref<number>('/count', 0))
    held ||= (await lock.queue()).some(({ holds }) => holds)
    // The rival stands for any number of contenders that take their turn by the lock.
    if (!held) await rival.increment('/count')
    tx.set(slow.ref<number>('/count', 0), n + 1)
    return tx.attempt
  })
  bench.ok(held, 'the lock was not taken')
  bench.equal(await rival.ref('/count', 0).deref(), runs, 'increments of both')
  await bench.eventually(async () => (await lock.queue()).length === 0, 'the end of the lock')
}

const withLocks: Scenario = {
  name: 'engine/contention',
  law: 'Lock, Transactions: progress',
  run: async (bench) => {
    await contend(bench)
    await overtaken(bench)
  },
}

const withoutLocks: Scenario = {
  name: 'engine/contention-without-locks',
  law: 'Transactions: progress',
  run: contend,
}

export const contending: Suite = [{ has: ({ lock }) => lock !== undefined, strong: [withLocks], weak: [withoutLocks] }]
