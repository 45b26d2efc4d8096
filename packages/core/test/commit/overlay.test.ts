import fc from 'fast-check'
import { expect, test } from 'vitest'
import { visible } from '../../src/commit/overlay.js'
import type { Pending } from '../../src/commit/pending.js'
import { OverlayWorld, type TxChoice } from './overlay-world.js'

const REFS = ['/a', '/b', '/c']
const names = fc.subarray(REFS)
const scan = fc.constantFrom({ from: '/a', to: '/z' }, { from: '/b', to: '/c' })
const tx: fc.Arbitrary<TxChoice> = fc.record({
  reads: names,
  writes: names,
  creates: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: names }),
  scan: fc.option(scan, { nil: undefined, freq: 2 }),
})
type Step = (world: OverlayWorld) => void
const writes = fc.tuple(names, fc.boolean()).map(
  ([refs, creates]): Step =>
    (world) =>
      world.otherWrites(refs, creates),
)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: tx.map(
      (choice): Step =>
        (world) =>
          world.commit(choice),
    ),
  },
  { weight: 4, arbitrary: fc.constant<Step>((world) => world.send()) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(0, 0, 0, 1, 2).map(
      (i): Step =>
        (world) =>
          world.land(i),
    ),
  },
  { weight: 2, arbitrary: writes },
  { weight: 4, arbitrary: fc.constant<Step>((world) => world.otherWrites(['/elsewhere'], false)) },
  {
    weight: 1,
    arbitrary: fc.nat(3).map(
      (i): Step =>
        (world) =>
          world.withdraw(i),
    ),
  },
  { weight: 1, arbitrary: fc.constant<Step>((world) => world.fill()) },
)
const steps = fc.array(step, { minLength: 10, maxLength: 40, size: 'max' })

/** What is in flight, judged in order on the heads, from scratch: who stands, and what is on top of every ref. */
function judged({ log, pendings, outcomes, replica, window }: OverlayWorld) {
  const tops = new Map(log.map(({ ref, version }) => [ref, version]))
  const oldest = replica.position - window
  const changes = log.filter(({ creates }) => creates).map(({ ref, version, position }) => ({ ref, version, position }))
  const standing: Pending[] = []
  for (const pending of pendings) {
    if (outcomes.has(pending)) continue
    const agrees = [...pending.reads, ...pending.writes].every(
      ({ state, expected }) => (tops.get(state.name) ?? '') === expected.id,
    )
    const scansAgree = pending.ranges.every(({ from, to, expected }) => {
      const last = changes.findLast(({ ref }) => from <= ref && ref < to)
      if (last === undefined || last.position < oldest) return expected === undefined || expected.position < oldest
      return last.version === expected?.id
    })
    if (!agrees || !scansAgree) continue
    standing.push(pending)
    for (const { state, node, existence } of pending.writes) {
      tops.set(state.name, node.id)
      if (existence !== 0) changes.push({ ref: state.name, version: node.id, position: Number.POSITIVE_INFINITY })
    }
  }
  return { standing, tops }
}

test('what is in flight is judged in order on the heads, after whatever happens', { timeout: 30_000 }, () => {
  let won = 0
  let lost = 0
  const property = fc.property(fc.integer({ min: 3, max: 12 }), steps, (window, steps) => {
    const world = new OverlayWorld(window)
    for (const step of steps) {
      step(world)
      const { standing, tops } = judged(world)
      expect([...world.overlay.values()].filter(({ dead }) => !dead)).toEqual(standing)
      for (const ref of REFS) expect(world.replica.states.of(ref).top.id).toBe(tops.get(ref) ?? '')
      // What fell before it was sent is told and gone; what fell afterwards waits for its verdict.
      for (const { dead, sent } of world.overlay.values()) expect(dead && !sent).toBe(false)
    }
    for (const outcome of world.outcomes.values()) outcome === 'won' ? won++ : lost++
  })
  fc.assert(property, { numRuns: 300 })
  expect(Math.min(won, lost)).toBeGreaterThan(100) // or nothing was tested
})

test('a view is served as it was when it began, until it is told to be broken', { timeout: 30_000 }, () => {
  let served = 0
  const property = fc.property(fc.integer({ min: 3, max: 12 }), steps, (window, steps) => {
    const world = new OverlayWorld(window)
    const top = (ref: string) => world.replica.states.of(ref).top
    let views: { position: number; order: number; snapshot: string[] }[] = []
    for (const step of steps) {
      step(world)
      const broken = Math.min(...world.broken)
      world.broken = []
      views = views.filter(({ order }) => order < broken)
      for (const view of views) expect(REFS.map((ref) => visible(top(ref), view)?.id)).toEqual(view.snapshot)
      served += views.length
      const now = { position: world.replica.position, order: world.overlay.lastOrder }
      views.push({ ...now, snapshot: REFS.map((ref) => top(ref).id) })
    }
  })
  fc.assert(property, { numRuns: 300 })
  expect(served).toBeGreaterThan(1_000)
})

test('all that ever ended, ended once; views are broken from the first that fell', { timeout: 30_000 }, () => {
  const property = fc.property(steps, (steps) => {
    const world = new OverlayWorld(8)
    for (const step of steps) {
      const before = new Set(world.pendings.filter(({ dead }) => dead))
      step(world)
      const fell = world.pendings.filter((pending) => pending.dead && !before.has(pending)).map(({ order }) => order)
      expect(new Set(world.broken)).toEqual(new Set(fell))
      world.broken = []
      for (const pending of world.dropped) expect([pending.sent, world.outcomes.get(pending)]).toEqual([false, 'lost'])
      for (const [pending, outcome] of world.outcomes) expect(pending.dead).toBe(outcome === 'lost')
    }
    world.send()
    for (let i = 0; i < 8; i++) world.fill() // past the window of all that was sent
    expect(world.overlay.size).toBe(0)
    expect(world.outcomes.size).toBe(world.pendings.length)
    for (const { state } of world.pendings.flatMap(({ writes }) => writes)) expect(state.top).toBe(state.head)
  })
  fc.assert(property, { numRuns: 200 })
})
