import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RefState } from '../../src/state/ref-state.js'
import { ByRef } from '../../src/transaction/by-ref.js'

const STATES = Array.from({ length: 20 }, (_, i) => new RefState(`/${i}`))

test('it is a Map by ref, in the order in which each ref first came', () => {
  const steps = fc.array(fc.nat(STATES.length - 1), { maxLength: 60, size: 'max' })
  fc.assert(
    fc.property(steps, (steps) => {
      const byRef = new ByRef<{ state: RefState }>()
      const model = new Map<RefState, { state: RefState }>()
      for (const i of steps) {
        const item = { state: STATES[i] as RefState }
        byRef.set(item)
        model.set(item.state, item)
        expect(byRef.size).toBe(model.size)
        expect(byRef.items).toEqual([...model.values()])
        for (const state of STATES) expect(byRef.get(state)).toBe(model.get(state))
      }
    }),
  )
})

test('two refs of one name are two', () => {
  const byRef = new ByRef<{ state: RefState }>()
  const [a, b] = [{ state: new RefState('/x') }, { state: new RefState('/x') }]
  byRef.set(a)
  byRef.set(b)
  expect([byRef.get(a.state), byRef.get(b.state), byRef.size]).toEqual([a, b, 2])
})
