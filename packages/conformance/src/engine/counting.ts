import type { Scenario, Suite } from '../scenario.js'

const increments: Scenario = {
  name: 'engine/increments',
  law: 'Transactions: isolated',
  run: async (bench) => {
    const players = await bench.players(3)
    const each = 20
    await Promise.all(players.flatMap((player) => Array.from({ length: each }, () => player.increment('/count'))))
    for (const player of [...players, await bench.connect()]) {
      bench.equal(await player.ref('/count', 0).deref(), players.length * each, 'increments of three clients')
    }
  },
}

const transfers: Scenario = {
  name: 'engine/transfers',
  law: 'Transactions: atomic',
  run: async (bench) => {
    const accounts = 6
    const [teller, second, auditor] = await bench.players(3)
    const opening = teller.refs<number>(accounts, '/account', 0)
    await teller.set(opening, () => 100)
    let open = true
    const audits = bench.begin(
      (async () => {
        const refs = auditor.refs<number>(accounts, '/account', 0)
        let count = 0
        while (open) {
          // A store in memory answers at once: whoever only reads has to let others run.
          await bench.clock.sleep(1)
          const balances = await auditor.avout.read((tx) => tx.getAll(refs))
          bench.equal(sum(balances), 100 * accounts, `the sum of ${balances}`)
          count++
        }
        return count
      })(),
    )
    await Promise.all(
      [teller, second].map(async (player) => {
        const refs = player.refs<number>(accounts, '/account', 0)
        for (let i = 0; i < 25; i++) {
          const [from, to] = bench.random.shuffle(refs)
          const amount = bench.random.between(1, 50)
          if (from === undefined || to === undefined) continue
          await player.avout.dosync(async (tx) => {
            await tx.alter(from, (balance) => balance - amount)
            await tx.alter(to, (balance) => balance + amount)
          })
        }
      }),
    ).finally(() => {
      open = false
    })
    bench.ok((await audits) > 0, 'nobody looked')
    const late = await bench.connect()
    const balances = await late.avout.read((tx) => tx.getAll(late.refs<number>(accounts, '/account', 0)))
    bench.equal(sum(balances), 100 * accounts, 'the sum to a client that came later')
  },
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)

export const counting: Suite = [increments, transfers]
