import { expect, test } from 'vitest'
import { Superseding } from '../../src/replay/superseding.js'
import { RefState } from '../../src/state/ref-state.js'
import { Version } from '../../src/state/version.js'

/** `count` writes of one ref at positions 1, 2, 3 …, each on the one before. */
function chain(count: number, superseding: Superseding): Version[] {
  const state = new RefState('/x')
  const versions: Version[] = []
  for (let position = 1; position <= count; position++) {
    const version = new Version(state, `a.${position}.0`, 'home', true, 0, position, 0)
    version.previous = versions.at(-1) ?? state.head
    superseding.add(version)
    versions.push(version)
  }
  return versions
}

const cutOf = (versions: readonly Version[]): number =>
  versions.filter((version) => version.previous === undefined).length

test('what a view at the position may still see is kept, what was replaced up to there goes', () => {
  const superseding = new Superseding()
  const versions = chain(10, superseding)
  superseding.forget(0)
  expect(cutOf(versions)).toBe(0)
  superseding.forget(4)
  expect(versions.map((version) => version.previous === undefined)).toEqual([
    ...[true, true, true, true],
    ...[false, false, false, false, false, false],
  ])
  superseding.forget(3)
  expect(cutOf(versions)).toBe(4)
  superseding.forget(10)
  expect(cutOf(versions)).toBe(10)
})

test('it goes on after all was forgotten', () => {
  const superseding = new Superseding()
  chain(3, superseding)
  superseding.forget(3)
  const later = chain(5, superseding)
  superseding.forget(2)
  expect(cutOf(later)).toBe(2)
})

test('thousands come and go, and none is kept that was forgotten', () => {
  const superseding = new Superseding()
  const versions = chain(20_000, superseding)
  for (let position = 1; position <= 20_000; position += 7) {
    superseding.forget(position)
    expect(versions[position - 1]?.previous).toBeUndefined()
    if (position < 20_000) expect(versions[position]?.previous).toBeDefined()
  }
})
