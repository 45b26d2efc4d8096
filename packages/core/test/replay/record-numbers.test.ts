import { expect, test } from 'vitest'
import { Window } from '../../src/replay/window.js'

test('every record number of a client is remembered while it is in the window, not only its last', () => {
  const window = new Window(4, 0, '')
  for (const [n, number] of [7, 8, 9].entries()) {
    window.advance(n + 1)
    window.enterRecord('a', number)
  }
  expect([7, 8, 9, 10].map((number) => window.isRepeated('a', number))).toEqual([true, true, true, false])
  expect(window.isRepeated('b', 7)).toBe(false)
  for (const n of [4, 5, 6]) window.advance(n)
  expect([7, 8, 9].map((number) => window.isRepeated('a', number))).toEqual([false, true, true])
})
