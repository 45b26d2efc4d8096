import { readNode, writeNode } from './dependencies.js'
import { type Graph, RT } from './graph.js'
import type { Op } from './history.js'

/*
 * Who ended before another began comes first. All such pairs would be a square of edges, so a frontier is kept: those ended
 * transactions that no other ended one follows. Whoever begins comes after all of the frontier; whoever ends replaces in it
 * those that it came after.
 *
 * A read that may be stale begins, for this purpose, so much earlier, but still after all that its own client was told.
 */

interface Mark {
  readonly at: number
  readonly index: number
  readonly op: Op
  readonly what: 'begins' | 'sees' | 'ends'
}

export function addRealtime(history: readonly Op[], graph: Graph): void {
  const everyone = new Frontier(graph)
  const clients = new Map<number, Frontier>()
  for (const { op, what } of marks(history)) {
    let session = clients.get(op.client)
    if (session === undefined) {
      session = new Frontier(graph)
      clients.set(op.client, session)
    }
    if (what === 'sees') everyone.begin(op)
    else if (what === 'begins') session.begin(op)
    else {
      everyone.end(op)
      session.end(op)
    }
  }
}

function marks(history: readonly Op[]): Mark[] {
  const found: Mark[] = []
  for (const op of history) {
    if (op.outcome === 'failed') continue
    const { at, index } = op.invoked
    found.push({ at, index, op, what: 'begins' })
    if (op.staleness === undefined) found.push({ at, index, op, what: 'sees' })
    else found.push({ at: at - op.staleness, index: -1, op, what: 'sees' })
    // Nothing is known to come after what nobody knows the end of.
    if (op.outcome !== 'info' && op.ended !== undefined) found.push({ ...op.ended, op, what: 'ends' })
  }
  return found.sort((a, b) => a.at - b.at || a.index - b.index)
}

class Frontier {
  readonly #graph: Graph
  readonly #ended = new Set<Op>()
  readonly #before = new Map<Op, readonly Op[]>()

  constructor(graph: Graph) {
    this.#graph = graph
  }

  begin(op: Op): void {
    const before = [...this.#ended]
    for (const earlier of before) this.#graph.add(writeNode(earlier), readNode(op), RT)
    this.#before.set(op, before)
  }

  end(op: Op): void {
    for (const earlier of this.#before.get(op) ?? []) this.#ended.delete(earlier)
    this.#ended.add(op)
  }
}
