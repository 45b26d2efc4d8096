import { expect, it, vi } from 'vitest'
import { equal } from '../src/equal.js'
import { openNew } from './open.js'

it('compares deeply, whatever the order of keys', () => {
  expect(equal({ a: [1, { b: null }], c: 'x' }, { c: 'x', a: [1, { b: null }] })).toBe(true)
  const unequal = [
    [{ a: 1 }, { a: 1, b: 2 }],
    [{ a: 1, b: 2 }, { a: 1 }],
    [{ a: 1 }, { b: 1 }],
    [[1, 2], [1]],
    [[1], { 0: 1 }],
    [{ 0: 1 }, [1]],
    [null, {}],
    [null, false],
    ['1', 1],
    [JSON.parse('{"__proto__":1}'), {}],
    [JSON.parse('{"__proto__":{}}'), { a: 1 }],
  ]
  for (const [a, b] of unequal) expect(equal(a, b), JSON.stringify([a, b])).toBe(false)
})

it('tells a change after the call that made it', async () => {
  const session = await openNew()
  const state = session.state('s')
  const changed = vi.fn()
  await state.watchState?.(changed)
  const set = state.setState(1)
  expect(changed).not.toHaveBeenCalled()
  await set
  await Promise.resolve()
  expect(changed).toHaveBeenCalledTimes(1)
  await state.compareAndSetState?.(2, 3)
  await Promise.resolve()
  expect(changed).toHaveBeenCalledTimes(1)
})
