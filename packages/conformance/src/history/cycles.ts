import { opOf } from './dependencies.js'
import { type Edge, type Graph, HALF, RT, RW, WR, WW } from './graph.js'
import { type Anomaly, nameOf, type Op } from './history.js'

/** A class of cycles: it begins with an edge of `first` and goes on over edges of `rest`. */
interface Shape {
  readonly name: string
  readonly first: number
  readonly rest: number
  /** No two anti-dependencies in a row. */
  readonly apart?: boolean
}

/** The worst first. */
const SHAPES: readonly Shape[] = [
  { name: 'G0', first: WW, rest: WW },
  { name: 'G1c', first: WR, rest: WW | WR },
  { name: 'G-single', first: RW, rest: WW | WR },
  { name: 'G-nonadjacent', first: RW, rest: WW | WR | RW, apart: true },
  { name: 'G2-item', first: RW, rest: WW | WR | RW },
]

/** The worst cycle of a component, named and told. */
export function worstCycle(graph: Graph, component: readonly number[], history: readonly Op[]): Anomaly {
  const inside = new Set(component)
  for (const realtime of [false, true]) {
    for (const shape of SHAPES) {
      const cycle = findCycle(graph, inside, shape, realtime)
      if (cycle !== undefined)
        return { name: realtime ? `${shape.name}-realtime` : shape.name, message: tell(cycle, history) }
    }
  }
  throw new Error(`a component without a cycle: ${component}`)
}

function findCycle(graph: Graph, inside: Set<number>, shape: Shape, realtime: boolean): Edge[] | undefined {
  const rest = shape.rest | HALF | (realtime ? RT : 0)
  for (const node of inside) {
    for (const edge of graph.edges(node)) {
      if (!(edge.kind & shape.first) || !inside.has(edge.to)) continue
      const back = pathBack(graph, inside, edge, rest, shape.apart ?? false)
      if (back !== undefined) return back
    }
  }
  return undefined
}

interface Walk {
  readonly edge: Edge
  readonly before: Walk | undefined
  /** Its last edge that is no half was an anti-dependency. */
  readonly anti: boolean
}

/** The shortest way from the end of `first` to its start, breadth first; it passes no node twice. */
function pathBack(graph: Graph, inside: Set<number>, first: Edge, rest: number, apart: boolean): Edge[] | undefined {
  const seen = new Set<number>()
  let level: Walk[] = [{ edge: first, before: undefined, anti: (first.kind & RW) !== 0 }]
  while (level.length > 0) {
    const following: Walk[] = []
    for (const walk of level) {
      for (const edge of graph.edges(walk.edge.to)) {
        if (!(edge.kind & rest) || !inside.has(edge.to)) continue
        if (apart && walk.anti && edge.kind === RW) continue
        const anti = edge.kind === RW || (edge.kind === HALF && walk.anti)
        const next = { edge, before: walk, anti }
        if (edge.to === first.from) {
          const cycle = unwind(next)
          if (!(apart && anti) && isSimple(cycle)) return cycle
          continue
        }
        const state = apart && anti ? 2 * edge.to + 1 : 2 * edge.to
        if (seen.has(state)) continue
        seen.add(state)
        following.push(next)
      }
    }
    level = following
  }
  return undefined
}

function unwind(walk: Walk): Edge[] {
  const edges: Edge[] = []
  for (let at: Walk | undefined = walk; at !== undefined; at = at.before) edges.push(at.edge)
  return edges.reverse()
}

function isSimple(cycle: readonly Edge[]): boolean {
  return new Set(cycle.map((edge) => edge.to)).size === cycle.length
}

const WORDS: Readonly<Record<number, string>> = {
  [WW]: 'overwritten by',
  [WR]: 'read by',
  [RW]: 'did not see',
  [RT]: 'ended before',
}

function tell(cycle: readonly Edge[], history: readonly Op[]): string {
  const name = (node: number) => nameOf(history[opOf(node)] as Op)
  let told = name((cycle[0] as Edge).from)
  for (const { to, kind, key } of cycle) {
    if (kind !== HALF) told += ` -${WORDS[kind]}${key === '' ? '' : ` (${key})`}→ ${name(to)}`
  }
  return told
}
