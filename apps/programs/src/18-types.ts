// Inference and soundness, positive and negative: for the compiler alone.
import { type Avout, ops, type Ref, type RefKey, type Tx } from '@avout/core'
import { z } from 'zod'

type Same<A, B> = (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false
const yes = <T extends true>(): T => true as T
declare const avout: Avout
declare const tx: Tx

const n = avout.ref('/n', 0)
const flag = avout.ref('/f', false)
const s = avout.ref('/s', '')
const list = avout.ref<number[]>('/l', [])
yes<Same<typeof n, Ref<number>>>()
yes<Same<typeof flag, Ref<boolean>>>()
yes<Same<typeof s, Ref<string>>>()
const items = avout.family('/items', { n: 0 }, { schema: z.object({ n: z.number() }) })
const item = items('nut')
yes<Same<typeof item, Ref<{ n: number }>>>()
const state = avout.ref<{ kind: 'idle' } | { kind: 'busy'; by: string }>('/state', { kind: 'idle' })

const inc = (x: number) => x + 1
const add = (x: number, ...more: number[]) => more.reduce((a, b) => a + b, x)

export async function good() {
  await tx.alter(n, inc)
  await tx.alter(n, add, 1, 2, 3)
  await tx.alter(n, (x, by) => x + by, 5)
  await tx.alter(n, Math.max, 7)
  await tx.alter(state, (old, by) => (old.kind === 'busy' ? old : { kind: 'busy', by }), 'me')
  await tx.commute(n, (x, by) => x + by, 5)
  tx.commute(n, ops.add(-1, { min: 0 }))
  tx.commute(list, ops.append(1, 2))
  const [a, b, c] = await tx.getAll([n, s, state])
  a satisfies number
  b satisfies string
  c.kind satisfies 'idle' | 'busy'
  const many = await tx.getAll(['a', 'b'].map((k) => avout.ref(k, 0)))
  many satisfies number[]
  const either = await tx.orElse(
    () => 1,
    async () => 'x',
  )
  either satisfies string | number
  ;(await avout.dosync(async (tx) => ((await tx.get(flag)) ? tx.retry() : 3))) satisfies number
}

export async function bad() {
  // @ts-expect-error an async function would run between two reads of others: read first, then alter
  await tx.alter(n, async (x) => x + 1)
  // @ts-expect-error commute runs again at the commit
  await tx.commute(n, async (x) => x + 1)
  // @ts-expect-error wrong value
  tx.set(n, 'x')
  // @ts-expect-error missing argument
  await tx.alter(n, (x, by: number) => x + by)
  // @ts-expect-error one argument too many
  await tx.alter(n, inc, 1)
  // @ts-expect-error undefined is no value
  avout.ref('/u', undefined)
  await tx.alter(
    list,
    // @ts-expect-error forgotten return
    (xs) => {
      xs.concat(1)
    },
  )
  // @ts-expect-error invariant: a Ref<number> is no Ref<number | string>
  const wide: RefKey<number | string> = n
  void wide
  // @ts-expect-error wrong op
  tx.commute(s, ops.add(1))
  // @ts-expect-error a read-only snapshot cannot write
  await avout.read((tx) => tx.set(n, 1))
  // @ts-expect-error atoms take no part in transactions
  await tx.get(avout.atom('/a', 0))
}
