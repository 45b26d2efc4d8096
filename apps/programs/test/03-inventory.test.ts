import { connect } from '@avout/core'
import { memory } from '@avout/memory'
import { expect, it } from 'vitest'
import { lose, order } from '../src/03-inventory.js'

it('judges by a function, by zod and by valibot', async () => {
  const avout = await connect({ coordinator: memory() })
  expect(await order(avout, '1')).toBe('/count : refused by its validator')
  await avout.dosync((tx) => tx.set(avout.ref('/count', 0), 1))
  expect(await order(avout, '1')).toBe('nut ×100 ')

  // What zod declared is judged by zod, what valibot declared by valibot; and nothing of a refused transaction stays.
  const item = avout.ref('/items/nut', { sku: 'nut', onHand: 100, tags: [] as string[] })
  const orderRef = avout.ref<Parameters<typeof lose>[1]['initial']>('/orders/1', { id: '1', status: 'open', lines: [] })
  await expect(avout.dosync((tx) => tx.alter(item, (i) => ({ ...i, onHand: -1 })))).rejects.toMatchObject({
    code: 'AVOUT_VALIDATION',
    ref: '/items/nut',
    issues: [{ path: ['onHand'] }],
  })
  await expect(avout.dosync((tx) => lose(tx, orderRef))).rejects.toMatchObject({
    code: 'AVOUT_VALIDATION',
    ref: '/orders/1',
  })
  expect(await item.deref()).toEqual({ sku: 'nut', onHand: 100, tags: [] })
  expect(await orderRef.deref()).toEqual({ id: '1', status: 'paid', lines: [] })
  await avout.close()
})
