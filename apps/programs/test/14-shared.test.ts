import { afterEach, expect, it, vi } from 'vitest'

afterEach(() => {
  vi.unstubAllEnvs()
  vi.resetModules()
})

it.each(['test', 'production'])('runs the same declarations on the stores of %s', async (environment) => {
  vi.stubEnv('NODE_ENV', environment)
  const { avout, order, orders, stock } = await import('../src/14-shared.js')
  expect(order).toEqual({ id: '7', lines: [{ sku: 'nut', n: 2 }] })
  expect(await avout.ref(stock('nut')).deref()).toBe(3)
  const homes: Record<string, string> = {}
  for await (const ref of avout.list()) homes[ref.name] = ref.in
  const log = environment === 'test' ? 'orders' : 'log'
  expect(homes).toEqual({ '/orders/7': 'orders', '/stock/nut': log })
  await expect(avout.dosync((tx) => tx.alter(stock('nut'), (n) => n - 4))).rejects.toMatchObject({ ref: '/stock/nut' })
  expect(orders.prefix).toBe('/orders')
  await avout.close()
})
