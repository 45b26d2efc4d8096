import type { Op } from '../../../src/history/index.js'

/** One moment of a transaction: under snapshot isolation it has two, reading and writing. */
interface Point {
  readonly op: Op
  readonly reads: boolean
  readonly writes: boolean
}

/** Whether some order of all transactions explains every read: by trying all orders. For a handful of transactions. */
export function isExplained(history: readonly Op[], realtime: boolean): boolean {
  const points = history.flatMap((op): Point[] =>
    op.isolation === 'snapshot'
      ? [
          { op, reads: true, writes: false },
          { op, reads: false, writes: true },
        ]
      : [{ op, reads: true, writes: true }],
  )
  return place(points, { lists: new Map(), touched: new Map() }, realtime, 0)
}

interface World {
  readonly lists: ReadonlyMap<string, readonly number[]>
  /** Key → when it was last appended to, counted in points. */
  readonly touched: ReadonlyMap<string, number>
}

function place(left: readonly Point[], world: World, realtime: boolean, now: number, began = new Map<Op, number>()) {
  if (left.length === 0) return true
  for (const point of left) {
    if (point.writes && !point.reads && left.some(({ op, reads }) => op === point.op && reads)) continue
    if (realtime && point.reads && left.some(({ op }) => op !== point.op && endsBefore(op, point.op))) continue
    const after = take(point, world, now, began.get(point.op))
    if (after === undefined) continue
    const rest = left.filter((other) => other !== point)
    if (place(rest, after, realtime, now + 1, new Map([...began, [point.op, now]]))) return true
  }
  return false
}

function endsBefore(a: Op, b: Op): boolean {
  return a.ended !== undefined && a.ended.index < b.invoked.index
}

/** The world after `point`; undefined where that contradicts what its transaction saw. */
function take({ op, reads, writes }: Point, world: World, now: number, began: number | undefined): World | undefined {
  const lists = new Map(world.lists)
  const touched = new Map(world.touched)
  const mine = new Map<string, number[]>()
  for (const step of op.steps) {
    const own = mine.get(step.key) ?? []
    const list = world.lists.get(step.key) ?? []
    if (step.f === 'append') {
      if (writes && began !== undefined && (world.touched.get(step.key) ?? -1) > began) return undefined
      mine.set(step.key, [...own, step.element])
    } else if ((reads || (writes && step.ensured)) && `${[...list, ...own]}` !== `${step.list}`) return undefined
  }
  if (writes && op.outcome === 'ok') {
    for (const [key, own] of mine) {
      lists.set(key, [...(world.lists.get(key) ?? []), ...own])
      touched.set(key, now)
    }
  }
  return { lists, touched }
}
