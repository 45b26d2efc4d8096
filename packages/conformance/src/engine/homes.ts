import type { Backend } from '@avout/core/backend'
import type { Bench } from '../bench.js'
import type { Scenario, Suite } from '../scenario.js'
import { headsOf } from './stored.js'

/** Refs of two stores in one transaction: both change, or neither; and each value lies in its own store. */
async function acrossTwo(bench: Bench, beside: Backend<'versions'>): Promise<void> {
  const backends = [beside]
  const players = await bench.players(3, { backends })
  const refsOf = (player: (typeof players)[number]) =>
    [player.ref<number>('/here', 100), player.avout.ref<number>('/there', 100, { in: beside })] as const
  let open = true
  const audits = bench.begin(
    (async () => {
      const [player] = players
      const [here, there] = refsOf(player)
      while (open) {
        await bench.clock.sleep(1)
        const [a, b] = await player.avout.read((tx) => tx.getAll([here, there]))
        bench.equal(a + b, 200, `the sum of ${a} here and ${b} there`)
      }
    })(),
  )
  await Promise.all(
    players.slice(1).map(async (player) => {
      const [here, there] = refsOf(player)
      for (let i = 0; i < 12; i++) {
        const amount = bench.random.between(-20, 20)
        await player.avout.dosync(async (tx) => {
          await tx.alter(here, (n) => n - amount)
          await tx.alter(there, (n) => n + amount)
          await tx.alter(player.ref<number>('/made', 0), (n) => n + 1)
        })
        const failure = new Error('a body that fails, for a test')
        const failing = player.avout.dosync(async (tx) => {
          await tx.alter(here, (n) => n + 1)
          await tx.alter(there, (n) => n + 1)
          throw failure
        })
        bench.equal(await bench.rejects(() => failing, 'a body that throws'), failure, 'what it fails with')
      }
    }),
  ).finally(() => {
    open = false
  })
  await audits
  const late = await bench.connect({ backends })
  const [a, b] = await late.avout.read((tx) => tx.getAll([...refsOf(late)]))
  bench.equal((a as number) + (b as number), 200, 'the sum to a client that came later')
  bench.equal(await late.ref<number>('/made', 0).deref(), 24, 'transfers between two stores')
  const homes = new Map((await headsOf(late)).map(({ name, in: home }) => [name, home]))
  bench.equal(homes.get('/there'), beside.id, 'where the one lives')
  bench.ok(homes.get('/here') !== beside.id, 'both refs live in one store')
}

/** The store coordinates, another one keeps one of the values. */
const guest: Scenario = {
  name: 'engine/two-stores',
  law: 'Transactions: across stores',
  run: async (bench) => acrossTwo(bench, bench.beside()),
}

export const withGuest: Suite = [guest]

/** Another store coordinates and keeps one of the values; the one examined keeps the other. */
const host: Scenario = {
  name: 'home/two-stores',
  law: 'Transactions: across stores',
  run: async (bench) => acrossTwo(bench, bench.beside()),
}

export const asGuest: Suite = [host]
