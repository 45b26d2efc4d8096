import { expect, test } from 'vitest'
import { Window } from '../../src/replay/window.js'
import { RefState } from '../../src/state/ref-state.js'
import { Version } from '../../src/state/version.js'

/** A window of 3 that has seen `position`; every position's hash is its number. */
function windowAt(position: number): Window {
  const window = new Window(3, 0, '0')
  advanceTo(window, 1, position)
  return window
}

function advanceTo(window: Window, from: number, to: number): void {
  for (let n = from; n <= to; n++) {
    window.advance(n)
    window.setHash(n, String(n))
  }
}

test('it knows the hashes of the last W positions and the one being judged', () => {
  const window = windowAt(8)
  expect([4, 5, 6, 7, 8, 9].map((position) => window.hashAt(position))).toEqual([
    undefined,
    '5',
    '6',
    '7',
    '8',
    undefined,
  ])
})

test('it begins with the position that it is made for', () => {
  const window = new Window(3, 10, 'ten')
  expect([9, 10, 11, 14].map((position) => window.hashAt(position))).toEqual([undefined, 'ten', undefined, undefined])
  advanceTo(window, 11, 13)
  expect(window.hashAt(10)).toBe('ten')
  window.advance(14)
  expect(window.hashAt(10)).toBeUndefined()
})

test('the position that is being judged has no hash yet', () => {
  const window = windowAt(8)
  window.advance(9)
  expect([8, 9].map((position) => window.hashAt(position))).toEqual(['8', ''])
})

test('a hash is set for the newest position alone', () => {
  const window = windowAt(8)
  window.setHash(7, 'other')
  window.setHash(9, 'other')
  expect([7, 8].map((position) => window.hashAt(position))).toEqual(['7', '8'])
})

test('a record is remembered for W positions after its own', () => {
  const window = windowAt(8)
  window.enterRecord('a', 1)
  advanceTo(window, 9, 11)
  expect(window.isRepeated('a', 1)).toBe(true)
  window.advance(12)
  expect(window.isRepeated('a', 1)).toBe(false)
})

test('records are told apart by client and number', () => {
  const window = windowAt(8)
  window.enterRecord('a', 11)
  expect(window.isRepeated('a', 11)).toBe(true)
  for (const [client, number] of [
    ['a', 1],
    ['a1', 1],
    ['a', 12],
    ['b', 11],
  ] as const) {
    expect(window.isRepeated(client, number)).toBe(false)
  }
})

test('what is entered twice is remembered from the second time on', () => {
  const window = windowAt(8)
  window.enterRecord('a', 1)
  advanceTo(window, 9, 10)
  window.enterRecord('a', 1)
  advanceTo(window, 11, 13)
  expect(window.isRepeated('a', 1)).toBe(true)
  window.advance(14)
  expect(window.isRepeated('a', 1)).toBe(false)
})

test('ids are remembered for W positions, all of a record', () => {
  const window = windowAt(8)
  window.enterRecord('a', 1)
  window.enterCommit('pay')
  window.enterCommit(7)
  window.enterCommit('ship')
  const taken = () => ['pay', 'ship', '7', 'other'].map((id) => window.isIdTaken(id))
  advanceTo(window, 9, 11)
  expect(taken()).toEqual([true, true, false, false])
  expect(window.hasCommitted('a', 7)).toBe(true)
  expect(window.hasCommitted('a', 8)).toBe(false)
  expect(window.hasCommitted('b', 7)).toBe(false)
  window.advance(12)
  expect(taken()).toEqual([false, false, false, false])
  expect(window.hasCommitted('a', 7)).toBe(false)
})

test('a creation is remembered for W positions', () => {
  const window = windowAt(8)
  const version = new Version(new RefState('/b'), 'a.1.0', 'home', true, 0, 8, 0)
  window.enterExistenceChange(version)
  advanceTo(window, 9, 11)
  expect(window.lastExistenceChange('/a', '/c', 0)).toBe(version)
  window.advance(12)
  expect(window.lastExistenceChange('/a', '/c', 0)).toBeUndefined()
})
