// One module of declarations, two services, another store in each environment: here one store in memory for tests, and two where it
// would be Redis and PostgreSQL.
import { connect, defineFamily, defineRef, type ValueOf } from '@avout/core'
import { memory } from '@avout/memory'

interface Order {
  readonly id: string
  readonly lines: readonly { sku: string; n: number }[]
}
export const stock = defineFamily('/stock', 0, { validate: (n) => n >= 0 })
export const orders = defineFamily<Order | null>('/orders', null, { in: 'orders' })
export const paused = defineRef('/paused', false)

const production = () => connect({ coordinator: memory({ id: 'log' }), backends: [memory({ id: 'orders' })] })
const test = () => connect({ coordinator: memory({ id: 'orders' }) })
export const avout = await (process.env.NODE_ENV === 'test' ? test() : production())

await avout.dosync((tx) => tx.set(stock('nut'), 5))
await avout.dosync(async (tx) => {
  if (await tx.get(paused)) return tx.retry()
  if (await tx.has(orders('7'))) throw new Error('twice')
  tx.set(orders('7'), { id: '7', lines: [{ sku: 'nut', n: 2 }] })
  await tx.alter(stock('nut'), (n, by) => n - by, 2)
})
avout.family(orders).changes({ signal: AbortSignal.timeout(1_000) })
export const order: ValueOf<ReturnType<typeof orders>> = await avout.ref(orders('7')).deref()
order?.lines satisfies Order['lines'] | undefined
