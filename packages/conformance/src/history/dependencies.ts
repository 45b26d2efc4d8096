import { type Graph, HALF, RW, WR, WW } from './graph.js'
import type { Op } from './history.js'
import type { ExternalRead, KeyHistory, Writer } from './lists.js'

/*
 * A serializable transaction is one node. Under snapshot isolation it reads at one moment and writes at a later one: two
 * nodes, the reading half before the writing half. What it appends to must be unchanged between the two, so the writer before
 * it precedes its *reading* half; what it only reads may change. With that, a history is good exactly when the graph has no
 * cycle, at every level and for mixtures of them: write skew is no cycle any more, lost updates and read skew still are.
 */

export const readNode = (op: Op): number => 2 * op.id
export const writeNode = (op: Op): number => (op.isolation === 'snapshot' ? 2 * op.id + 1 : 2 * op.id)
export const opOf = (node: number): number => node >> 1

export function addHalves(history: readonly Op[], graph: Graph): void {
  for (const op of history) graph.add(readNode(op), writeNode(op), HALF)
}

/** Adds what the versions of one key say about the order of transactions. */
export function addDependencies(history: KeyHistory, graph: Graph): void {
  const { key, order, writers, reads } = history
  if (order === undefined) return
  const chain = order.map((element) => writers.get(element) as Writer)
  // What nobody read comes after all that was read; what may not have committed says nothing.
  const seen = new Set(order)
  const unread: Writer[] = []
  for (const [element, writer] of writers) if (writer.op.outcome === 'ok' && !seen.has(element)) unread.push(writer)
  for (let i = 1; i < chain.length; i++) overwrites(chain[i] as Writer, chain[i - 1] as Writer)
  const last = chain.at(-1)
  if (last !== undefined) for (const writer of unread) overwrites(writer, last)
  for (const read of reads) {
    const { length } = read.list
    const source = chain[length - 1]
    if (source !== undefined) graph.add(writeNode(source.op), readNode(read.op), WR, key)
    const next = chain[length]
    for (const writer of next === undefined ? unread : [next]) isOverwritten(read, writer)
  }

  function overwrites(writer: Writer, previous: Writer): void {
    if (writer.op === previous.op) return
    graph.add(writeNode(previous.op), writer.blind ? writeNode(writer.op) : readNode(writer.op), WW, key)
  }

  function isOverwritten(read: ExternalRead, writer: Writer): void {
    if (writer.op === read.op) return
    graph.add(read.ensured ? writeNode(read.op) : readNode(read.op), writeNode(writer.op), RW, key)
  }
}
