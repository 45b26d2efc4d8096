import { worstCycle } from './cycles.js'
import { addDependencies, addHalves } from './dependencies.js'
import { Graph } from './graph.js'
import type { Anomaly, Op } from './history.js'
import { readLists } from './lists.js'
import { addRealtime } from './realtime.js'

export { type Anomaly, type Element, type Moment, nameOf, type Op, type Step } from './history.js'

/** What a history shows. */
export interface Verdict {
  readonly anomalies: readonly Anomaly[]
  /** Edges inferred from data: a history without any proves nothing. */
  readonly dependencies: number
}

/**
 * Judges a history of transactions on append-only lists: each at its own level, all in one order. With `realtime` (the default)
 * that order also is the order of time: strict serializability. The method is Elle's (Kingsbury and Alvaro, VLDB 2020), snapshot
 * isolation by splitting transactions in two.
 */
export function checkHistory(history: readonly Op[], options: { realtime?: boolean } = {}): Verdict {
  const anomalies: Anomaly[] = []
  const keys = readLists(history, (anomaly) => anomalies.push(anomaly))
  const graph = new Graph(2 * history.length)
  addHalves(history, graph)
  for (const key of keys) addDependencies(key, graph)
  if (options.realtime ?? true) addRealtime(history, graph)
  for (const component of graph.components()) anomalies.push(worstCycle(graph, component, history))
  return { anomalies, dependencies: graph.dependencies }
}
