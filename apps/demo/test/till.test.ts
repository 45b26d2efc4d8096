import { connect } from '@avout/core'
import { memory } from '@avout/memory'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { tillFaults } from '../src/checks/till.js'
import { Paper } from '../src/paper.js'
import { openShop } from '../src/shop.js'
import { countTill, described, type RollLine } from '../src/till.js'
import { goodEvidence } from './evidence.js'

let paper: Paper
beforeEach(async () => {
  paper = await Paper.open()
})
afterEach(() => paper[Symbol.asyncDispose]())

test('tellers who come at once count one after the other, under tokens that grow', async () => {
  const [shop, coordinator] = [openShop({}), memory()]
  const clients = await Promise.all([1, 2, 3, 4].map((n) => connect({ coordinator, name: `van-${n}` })))
  await clients[0]?.dosync((tx) => {
    tx.set(shop.payments('a'), { order: 'a', customer: 'Ola', amount: 30 })
    tx.set(shop.payments('c'), { order: 'c', customer: 'Ola', amount: 20 })
  })
  const counts = await Promise.all(
    clients.flatMap((client, n) => [1, 2, 3].map(() => countTill({ client, shop, paper, name: `van-${n + 1}` }))),
  )
  expect(counts.map(({ payments, cents }) => [payments, cents])).toEqual(counts.map(() => [2, 50]))
  const roll = await paper.read<RollLine>('till')
  expect(roll).toHaveLength(2 * counts.length)
  expect(tillFaults({ roll, state: goodEvidence().state })).toEqual([])
  await Promise.all(clients.map((client) => client.close()))
})

test('a count in words', () => {
  expect(described({ by: 'van-1', token: 7, payments: 12, cents: 123_405 })).toBe(
    'till counted by van-1: 1,234.05 in 12 payments (lock token 7)',
  )
})
