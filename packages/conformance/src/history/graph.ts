/** Why one node comes before another. Bits, so that sets of them are numbers. */
export const WW = 1
export const WR = 2
export const RW = 4
/** Ended before the other began. */
export const RT = 8
/** From the reading to the writing half of a transaction under snapshot isolation. */
export const HALF = 16

export interface Edge {
  readonly from: number
  readonly to: number
  readonly kind: number
  /** What it is about: a key, or nothing. */
  readonly key: string
}

/** A directed multigraph over small integers. */
export class Graph {
  readonly #out: Edge[][]
  /** How many edges were inferred from data. */
  dependencies = 0

  constructor(nodes: number) {
    this.#out = Array.from({ length: nodes }, () => [])
  }

  get size(): number {
    return this.#out.length
  }

  add(from: number, to: number, kind: number, key = ''): void {
    if (from === to) return
    this.edges(from).push({ from, to, kind, key })
    if (kind & (WW | WR | RW)) this.dependencies++
  }

  edges(from: number): Edge[] {
    return this.#out[from] as Edge[]
  }

  /** The strongly connected components of two nodes and more (Tarjan's algorithm, with a stack of its own). */
  components(): number[][] {
    const size = this.size
    const index = new Int32Array(size).fill(-1)
    const low = new Int32Array(size)
    const next = new Int32Array(size)
    const onStack = new Uint8Array(size)
    const stack: number[] = []
    const path: number[] = []
    const found: number[][] = []
    let count = 0
    const enter = (node: number) => {
      index[node] = low[node] = count++
      stack.push(node)
      path.push(node)
      onStack[node] = 1
    }
    const lower = (node: number, value: number) => {
      low[node] = Math.min(low[node] as number, value)
    }
    for (let root = 0; root < size; root++) {
      if (index[root] !== -1) continue
      enter(root)
      while (path.length > 0) {
        const node = path.at(-1) as number
        const edge = this.edges(node)[next[node] as number]
        if (edge !== undefined) {
          next[node] = (next[node] as number) + 1
          if (index[edge.to] === -1) enter(edge.to)
          else if (onStack[edge.to]) lower(node, index[edge.to] as number)
          continue
        }
        path.pop()
        const parent = path.at(-1)
        if (parent !== undefined) lower(parent, low[node] as number)
        if (low[node] !== index[node]) continue
        const component = stack.splice(stack.lastIndexOf(node))
        for (const member of component) onStack[member] = 0
        if (component.length > 1) found.push(component)
      }
    }
    return found
  }
}
