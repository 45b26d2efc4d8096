import type { Random } from '@avout/core/testing'
import type { Moment, Op, Step } from '../../../src/history/index.js'

/** What a store may do wrong. The first two do nothing wrong, at their level. */
export type Flaw =
  | 'none'
  | 'snapshot isolation'
  | 'stale'
  | 'lost'
  | 'duplicate'
  | 'aborted'
  | 'reordered'
  | 'read committed'
  | 'intermediate'

type Lists = Map<string, readonly number[]>

interface Running {
  readonly id: number
  readonly client: number
  readonly invoked: Moment
  readonly plan: { f: 'append' | 'read'; key: string }[]
  readonly steps: Step[]
  readonly snapshot: Lists
  readonly own: Map<string, readonly number[]>
}

/**
 * Clients that take turns on an optimistic, multi-version store of lists, some operations failing (7 %) and some unknown (10 %):
 * a history to judge.
 */
export function runReferenceStore(random: Random, flaw: Flaw, transactions: number): Op[] {
  const keys = ['x', 'y', 'z']
  const history: Op[] = []
  const running = new Map<number, Running>()
  const past: Lists[] = [new Map()]
  let index = 0
  let element = 0
  let begun = 0
  const moment = () => ({ index: ++index, at: index })
  const current = () => past.at(-1) as Lists
  const publish = (change: (lists: Lists) => void) => {
    const lists = new Map(current())
    change(lists)
    past.push(lists)
  }
  const addTo = (lists: Lists, key: string, items: readonly number[]) => {
    const list = lists.get(key) ?? []
    const at = flaw === 'reordered' && random.chance(0.1) ? Math.max(0, list.length - 1) : list.length
    lists.set(key, [...list.slice(0, at), ...items, ...list.slice(at)])
  }

  function begin(client: number): Running {
    const readOnly = random.chance(0.4)
    const plan = Array.from({ length: random.between(1, 4) }, () => ({
      f: readOnly || random.chance(0.4) ? ('read' as const) : ('append' as const),
      key: random.pick(keys),
    }))
    const back = flaw === 'stale' && readOnly && random.chance(0.3) ? random.between(1, 3) : 0
    const snapshot = past.at(Math.max(-past.length, -1 - back)) as Lists
    return { id: begun++, client, invoked: moment(), plan, steps: [], snapshot, own: new Map() }
  }

  function step(tx: Running, { f, key }: { f: 'append' | 'read'; key: string }): void {
    const own = tx.own.get(key) ?? []
    if (f === 'append') {
      tx.own.set(key, [...own, ++element])
      tx.steps.push({ f, key, element })
      if (flaw !== 'intermediate' || !random.chance(0.3)) return
      publish((lists) => addTo(lists, key, tx.own.get(key) ?? []))
      tx.own.delete(key)
      return
    }
    const seen = (flaw === 'read committed' ? current() : tx.snapshot).get(key) ?? []
    tx.steps.push({ f, key, list: [...seen, ...own] })
  }

  function conflicts(tx: Running): boolean {
    if (flaw === 'read committed' || flaw === 'intermediate') return false
    const judged = flaw === 'snapshot isolation' ? tx.own.keys() : new Set(tx.steps.map(({ key }) => key))
    if (tx.own.size === 0) return false
    return [...judged].some((key) => `${current().get(key) ?? []}` !== `${tx.snapshot.get(key) ?? []}`)
  }

  function end(tx: Running): void {
    const draw = random.next()
    const failed = conflicts(tx) || draw < 0.07
    const unknown = !failed && draw < 0.17
    const applied = failed
      ? flaw === 'aborted' && random.chance(0.3)
      : !(unknown && random.chance(0.5)) && !(flaw === 'lost' && random.chance(0.05))
    if (applied && tx.own.size > 0) {
      publish((lists) => {
        for (const [key, items] of tx.own) {
          addTo(lists, key, items)
          if (flaw === 'duplicate' && random.chance(0.05)) addTo(lists, key, items)
        }
      })
    }
    const outcome = failed ? 'failed' : unknown ? 'info' : 'ok'
    const { id, client, invoked, steps } = tx
    history[id] = {
      id,
      client,
      outcome,
      isolation: 'serializable',
      invoked,
      ended: unknown ? undefined : moment(),
      steps,
    }
  }

  while (history.length < transactions || running.size > 0) {
    const client = random.between(0, 3)
    const tx = running.get(client)
    if (tx === undefined) {
      if (begun < transactions) running.set(client, begin(client))
      continue
    }
    const next = tx.plan.shift()
    if (next !== undefined) {
      step(tx, next)
      continue
    }
    end(tx)
    running.delete(client)
  }
  return history
}

/** The same history, claiming no more than snapshot isolation. */
export function atSnapshotLevel(history: readonly Op[]): Op[] {
  return history.map((op) => ({ ...op, isolation: 'snapshot' }))
}
