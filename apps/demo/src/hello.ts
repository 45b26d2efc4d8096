import { connect } from '@avout/core'
import type { Stores } from './shop.js'

/** The hello world of the first Avout: `r0` incremented and its value pushed to `r1`, in one transaction: `r0` where the log is, `r1` where orders are. */
export async function hello(stores: Stores): Promise<{ r0: number; r1: readonly number[] }> {
  await using avout = await connect({
    coordinator: stores.coordinator,
    backends: stores.backends,
    realm: `${stores.realm}-hello`,
  })
  const r0 = avout.ref('/r0', 0)
  const r1 = avout.ref<readonly number[]>('/r1', [], { in: stores.orders })
  await avout.dosync(async (tx) => {
    await tx.alter(r0, (n) => n + 1)
    await tx.alter(r1, (xs, n) => [...xs, n], await tx.get(r0))
  })
  return avout.read(async (tx) => ({ r0: await tx.get(r0), r1: await tx.get(r1) }))
}
