import { expect, it } from 'vitest'

it('carries dates, maps, bytes, bigints and a class', async () => {
  const { avout, blob, Money, price, seen, user } = await import('../src/17-values.js')
  const money = await price.deref()
  expect(money).toBeInstanceOf(Money)
  expect(money.plus(money)).toMatchObject({ cents: 2n, currency: 'EUR' })
  expect((await seen.deref()).get('alice')).toBeInstanceOf(Date)
  expect(await user.deref()).toBeNull()
  expect(await blob.deref()).toEqual(new Uint8Array([1]))
  await avout.close()
})
