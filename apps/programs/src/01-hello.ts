// The hello world: r0 incremented, its value pushed to r1, which lives in another store. Two stores in memory stand here; on a
// server the program is the same, and `pnpm demo --hello --log zookeeper --orders postgres` runs it there.
import { connect } from '@avout/core'
import { memory } from '@avout/memory'

const avout = await connect({ coordinator: memory(), realm: 'shop', backends: [memory({ id: 'rows' })] })
const r0 = avout.ref('/r0', 0)
const r1 = avout.ref<number[]>('/r1', [], { in: 'rows' })
const pushed = await avout.dosync(async (tx) => {
  await tx.alter(r0, (n) => n + 1)
  return tx.alter(r1, (xs, n) => [...xs, n], await tx.get(r0)) // (alter!! r1 conj @r0)
})
pushed satisfies readonly number[]
console.log(await r0.deref(), pushed.length)
await avout.close()
