import { ops, ValidationError } from '@avout/core'
import type { Scenario, Suite } from '../scenario.js'
import type { Player } from './player.js'

const STOCK = 10

/** Takes one, where there is one. */
async function take(player: Player): Promise<boolean> {
  try {
    await player.avout.dosync((tx) => tx.commute(player.ref('/stock', STOCK), ops.add(-1, { min: 0 })))
    return true
  } catch (error) {
    if (ValidationError.isInstance(error)) return false
    throw error
  }
}

async function work(player: Player, name: string): Promise<number> {
  const count = player.ref('/count', 0)
  const list = player.ref<string[]>('/list', [])
  const taken = await Promise.all(
    Array.from({ length: 8 }, async (_, i) => {
      await player.avout.dosync((tx) => {
        tx.commute(count, ops.add(i))
        tx.commute(list, ops.append(`${name} ${i}`))
      })
      return take(player)
    }),
  )
  return taken.filter((is) => is).length
}

const operations: Scenario = {
  name: 'engine/operations',
  law: 'Transactions: operations do not conflict, and every replica folds them alike',
  run: async (bench) => {
    const players = await bench.players(3)
    let conflicts = 0
    for (const { avout } of players) avout.on('conflict', () => conflicts++)
    const taken = await Promise.all(players.map((player, i) => work(player, `client ${i}`)))
    bench.equal(conflicts, 0, 'conflicts between operations')
    bench.equal(
      taken.reduce((a, b) => a + b, 0),
      STOCK,
      'what was taken of a stock by operations in bounds',
    )
    const late = await bench.connect()
    const lists: unknown[] = []
    for (const player of [...players, late]) {
      bench.equal(await player.ref('/count', 0).deref(), 3 * 28, 'the sum of what was added')
      bench.equal(await player.ref('/stock', STOCK).deref(), 0, 'what is left of the stock')
      lists.push(await player.ref<string[]>('/list', []).deref())
    }
    for (const list of lists) bench.equal(list, lists[0], 'a list that operations appended to')
    const wanted = players.flatMap((_, i) => Array.from({ length: 8 }, (_, n) => `client ${i} ${n}`))
    bench.equal([...(lists[0] as string[])].sort(), wanted.sort(), 'what was appended')
    await late.increment('/count')
    bench.equal(await players[0]?.ref('/count', 0).deref(), 3 * 28 + 1, 'a write on top of operations')
  },
}

export const operating: Suite = [operations]
