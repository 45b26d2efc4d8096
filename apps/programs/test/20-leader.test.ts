import { type Avout, type HeldLock, LockLostError } from '@avout/core'
import { testRealm } from '@avout/core/testing'
import { expect, it } from 'vitest'
import { campaign, decide, decree, leader } from '../src/20-leader.js'

it('elects one, and another in a later term when that one is gone', async () => {
  await using realm = testRealm({ clock: 'manual', seed: 3 })
  const over = new AbortController()
  const terms: { readonly of: Avout; readonly held: HeldLock }[] = []
  const runs = new Map<Avout, Promise<unknown>>()
  for (const name of ['ada', 'bob', 'cyd']) {
    const client = await realm.connect({ name })
    const running = campaign(client, over.signal, async (held) => {
      terms.push({ of: client, held })
      await decide(client, held, `the word of ${name}`)
      await new Promise((resolve) => {
        for (const signal of [held.signal, over.signal]) signal.addEventListener('abort', resolve)
      })
    })
    runs.set(client, Promise.allSettled([running]))
  }
  await realm.advance(1_000)
  const [first, none] = terms as [(typeof terms)[0], ...typeof terms]
  expect(none).toBeUndefined()
  const [other, another] = [...runs.keys()].filter((client) => client !== first.of) as [Avout, Avout]
  expect(await leader(other)).toBe('ada')
  realm.crash(first.of)
  await realm.advance(30_000)
  const [, second] = terms
  expect(second?.held.token).toBeGreaterThan(first.held.token)
  // Whoever thinks that the first leads still cannot decide anything.
  await expect(decide(another, first.held, 'too late')).rejects.toThrow(LockLostError)
  expect(await another.ref(decree).deref()).toEqual({ term: second?.held.token, text: 'the word of bob' })
  over.abort(new Error('enough'))
  await Promise.all([other, another].map((client) => runs.get(client)))
  expect(await leader(other)).toBeUndefined()
  expect(terms).toHaveLength(2)
})
