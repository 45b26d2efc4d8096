import { expect, test } from 'vitest'
import { ExistenceChanges } from '../../src/replay/existence.js'
import { RefState } from '../../src/state/ref-state.js'
import { Version } from '../../src/state/version.js'

const change = (name: string, position: number): Version =>
  new Version(new RefState(name), `a.${position}.0`, 'home', true, 0, position, 0)

test('the last change of a key in the range, since a position', () => {
  const changes = new ExistenceChanges()
  const [b, d] = [change('/b', 3), change('/d', 5)]
  changes.add(b)
  changes.add(d)
  expect(changes.last('/a', '/z', 0)).toBe(d)
  expect(changes.last('/a', '/d', 0)).toBe(b)
  expect(changes.last('/b', '/c', 3)).toBe(b)
  expect(changes.last('/b', '/c', 4)).toBeUndefined()
  expect(changes.last('/d', '/e', 5)).toBe(d)
  expect(changes.last('/d', '/e', 6)).toBeUndefined()
  expect(changes.last('/c', '/d', 0)).toBeUndefined()
})

test('what is forgotten is never answered again; what stands at the position is kept', () => {
  const changes = new ExistenceChanges()
  for (let n = 1; n <= 4; n++) changes.add(change(`/${n}`, n))
  changes.forgetBefore(3)
  expect([1, 2, 3, 4].map((n) => changes.last(`/${n}`, `/${n}~`, 0)?.position)).toEqual([undefined, undefined, 3, 4])
  changes.forgetBefore(9)
  expect(changes.last('', '~', 0)).toBeUndefined()
  changes.add(change('/9', 9))
  expect(changes.last('', '~', 0)?.position).toBe(9)
})

test('thousands come and go', () => {
  const changes = new ExistenceChanges()
  for (let n = 1; n <= 5_000; n++) {
    changes.add(change(`/${n % 7}`, n))
    changes.forgetBefore(n - 10)
    expect(changes.last(`/${n % 7}`, `/${n % 7}~`, 0)?.position).toBe(n)
    expect(changes.last('/', '/~', n + 1)).toBeUndefined()
    // Of the seven keys, the one before last came seven positions ago; no key has one older than ten that is answered.
    if (n > 7) expect(changes.last(`/${(n + 1) % 7}`, `/${(n + 1) % 7}~`, 0)?.position).toBe(n - 6)
  }
})
