// A value's shape over time: old versions are upgraded as they are read, and written back when next written.
import { type Avout, defineFamily } from '@avout/core'
import { z } from 'zod'

const V1 = z.object({ name: z.string() })
const V2 = z.object({ v: z.literal(2), first: z.string(), last: z.string() })
type Person = z.infer<typeof V2>
export const people = defineFamily(
  '/people',
  { v: 2, first: '', last: '' },
  {
    schema: V2,
    upgrade: (stored): Person => {
      const old = V1.safeParse(stored)
      if (!old.success) return V2.parse(stored)
      const [first = '', last = ''] = old.data.name.split(' ')
      return { v: 2, first, last }
    },
  },
)
export async function rewrite(avout: Avout) {
  // eager, in small transactions
  const keys = await avout.read((tx) => tx.keys(people))
  for (const key of keys)
    await avout.dosync((tx) => tx.alter(people(key), (person) => ({ ...person })), { label: 'migrate people' })
}
