import { expect, test } from 'vitest'
import { OverlayWorld } from './overlay-world.js'

/** What a transaction that reads and scans, and one that writes, carry of a key created at 3, in a record built at `s`. */
function marksAt(s: number): boolean[] {
  const world = new OverlayWorld(8)
  world.fill()
  world.otherWrites(['/a'], true) // at 3
  world.commit({ reads: ['/a'], writes: [], creates: [], scan: { from: '/a', to: '/b' } })
  world.commit({ reads: [], writes: ['/a'], creates: [], scan: undefined })
  for (const pending of world.pendings) pending.mark(s)
  return world.pendings.flatMap(({ reads, ranges, writes }) =>
    [...reads, ...ranges, ...writes].map(({ marked }) => marked),
  )
}

test('an expected version that was not yet replayed at s is marked', () => {
  expect(marksAt(2)).toEqual([true, true, true])
  expect(marksAt(3)).toEqual([false, false, false])
  expect(marksAt(4)).toEqual([false, false, false])
})

test('so is one in flight, of the same record too; none at all never is', () => {
  const world = new OverlayWorld(8)
  world.commit({ reads: ['/b'], writes: [], creates: ['/a'], scan: { from: '/b', to: '/c' } })
  world.commit({ reads: ['/a'], writes: ['/b'], creates: [], scan: { from: '/a', to: '/b' } })
  const marks = () =>
    world.pendings.map((pending) => {
      pending.mark(world.replica.position)
      return [...pending.reads, ...pending.ranges, ...pending.writes].map(({ marked }) => marked)
    })
  expect(marks()).toEqual([
    [false, false, false],
    [true, true, false],
  ])
})
