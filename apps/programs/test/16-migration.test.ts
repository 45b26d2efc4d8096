import { connect, defineFamily } from '@avout/core'
import { memory } from '@avout/memory'
import { expect, it } from 'vitest'
import { people, rewrite } from '../src/16-migration.js'

/** The family as an earlier version of the program declared it. */
const before = defineFamily('/people', { name: '' })

it('reads old shapes as new ones, and writes new ones back', async () => {
  const store = memory()
  const old = await connect({ coordinator: store })
  await old.dosync((tx) => tx.set(before('ada'), { name: 'Ada Lovelace' }))

  const avout = await connect({ coordinator: store })
  expect(await avout.ref(people('ada')).deref()).toEqual({ v: 2, first: 'Ada', last: 'Lovelace' })
  expect(await old.ref(before('ada')).deref()).toEqual({ name: 'Ada Lovelace' })
  await rewrite(avout)
  expect(await old.ref(before('ada')).deref()).toEqual({ v: 2, first: 'Ada', last: 'Lovelace' })
  await Promise.all([old.close(), avout.close()])
})
