import { connect } from '@avout/core'
import { memory } from '@avout/memory'
import { expect, it, vi } from 'vitest'
import { order, Stock } from '../src/05-ambient.js'

it('joins the services that a handler calls in one transaction, once an idempotency key', async () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {})
  const avout = await connect({ coordinator: memory() })
  const left = avout.ref('/left', 3)
  const handler = order(avout, new Stock(avout, left))
  const request = (n: string, key: string): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const response = {
        status() {
          return this
        },
        json: resolve,
      }
      handler({ params: { n }, headers: { 'idempotency-key': key } }, response, reject)
    })

  expect(await request('2', 'a')).toEqual({ left: 1 })
  expect(log).toHaveBeenCalledTimes(1)
  await expect(request('2', 'b')).rejects.toThrow('sold out')
  await expect(request('1', 'a')).rejects.toThrow()
  expect(await left.deref()).toBe(1)
  expect(log).toHaveBeenCalledTimes(1)
  await avout.close()
})
