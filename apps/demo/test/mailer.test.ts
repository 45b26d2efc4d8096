import { connect } from '@avout/core'
import { memory } from '@avout/memory'
import { expect, test } from 'vitest'
import type { Letter } from '../src/mailer.js'
import { openShop } from '../src/shop.js'

test('a letter goes with its payment, in its order, and is lost with it', async () => {
  const letters: Letter[] = []
  const shop = openShop({}, (letter) => letters.push(letter))
  await using avout = await connect({ coordinator: memory() })
  const pay = (order: string, amount: number, fails: boolean) =>
    avout.dosync((tx) => {
      tx.send(shop.mailer, 'confirm', { order, amount })
      if (fails) throw new Error('no money')
    })
  await pay('a', 30, false)
  await expect(pay('b', 10, true)).rejects.toThrow('no money')
  await pay('c', 20, false)
  const mailer = avout.agent(shop.mailer)
  mailer.run()
  await mailer.settled()
  expect(letters.map(({ number, order }) => [number, order])).toEqual([
    [1, 'a'],
    [2, 'c'],
  ])
  expect(new Set(letters.map(({ key }) => key)).size).toBe(2)
  expect(await mailer.deref()).toEqual({ letters: 2, cents: 50 })
})

test('who only sends has no post', () => {
  const { confirm } = openShop({}).mailer.handlers
  const context = { idempotencyKey: 'k', signal: new AbortController().signal }
  expect(() => confirm({ letters: 0, cents: 0 }, { order: 'a', amount: 1 }, context)).toThrow('not run here')
})
