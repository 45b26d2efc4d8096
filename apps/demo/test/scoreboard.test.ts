import { connect } from '@avout/core'
import { memory } from '@avout/memory'
import { expect, test } from 'vitest'
import { leaderOf, type Scores, score, scoreboardOf } from '../src/scoreboard.js'

test('desks that score at once lose nothing, and each order counts once, however often its desk says so', async () => {
  const coordinator = memory()
  const desks = await Promise.all([1, 2, 3].map((n) => connect({ coordinator, name: `desk-${n}` })))
  await Promise.all(
    desks.map(async (client, n) => {
      const board = scoreboardOf(client, { scoresIn: undefined })
      for (let order = 1; order <= 20; order++) {
        const end = order % 5 === 0 ? 'rejected' : 'paid'
        for (const _again of [1, 2]) await board.swap(score, `desk-${n + 1}`, `${n}-${order}`, end)
      }
    }),
  )
  const scores = await scoreboardOf(desks[0] as (typeof desks)[number], { scoresIn: undefined }).deref()
  expect(Object.values(scores)).toEqual([0, 1, 2].map((n) => ({ paid: 16, rejected: 4, last: `${n}-20` })))
  await Promise.all(desks.map((client) => client.close()))
})

test('the leader is who has most orders paid', () => {
  const scores: Scores = {
    'desk-1': { paid: 1, rejected: 9, last: 'a' },
    'desk-2': { paid: 2, rejected: 0, last: 'b' },
  }
  expect(leaderOf(scores)).toEqual(['desk-2', 2])
  expect(leaderOf({})).toBeUndefined()
})
