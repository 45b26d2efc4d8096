import * as codes from '../src/drivers/codes.js'
import type { Create, Reply, Stat } from '../src/drivers/driver.js'

class Node {
  version = 0
  /** Children that were ever made, and deleted. */
  made = 0
  deleted = 0
  data: Buffer

  constructor(data: Buffer) {
    this.data = data
  }

  get stat(): Stat {
    const ctime = new Date(0)
    return { ctime, version: this.version, cversion: this.made + this.deleted, numChildren: this.made - this.deleted }
  }
}

/** The nodes of a ZooKeeper, in memory. */
export class Tree {
  #nodes = new Map<string, Node>([['', new Node(Buffer.alloc(0))]])

  has(path: string): boolean {
    return this.#nodes.has(path)
  }

  create({ path, data, sequential }: Create): Reply {
    const parent = this.#nodes.get(path.slice(0, path.lastIndexOf('/')))
    if (parent === undefined) return { code: codes.NO_NODE }
    const full = sequential ? `${path}${`${parent.made}`.padStart(10, '0')}` : path
    if (this.#nodes.has(full)) return { code: codes.NODE_EXISTS }
    parent.made++
    this.#nodes.set(full, new Node(data))
    return { code: codes.OK, path: full }
  }

  multi(creates: readonly Create[]): Reply {
    const before = new Map(Array.from(this.#nodes, ([path, node]) => [path, Object.assign(new Node(node.data), node)]))
    const replies: Reply[] = []
    for (const create of creates) {
      const reply = this.create(create)
      if (reply.code !== codes.OK) {
        this.#nodes = before
        return reply
      }
      replies.push(reply)
    }
    return { code: codes.OK, path: replies[0]?.path }
  }

  set(path: string, data: Buffer, version: number): Reply {
    const node = this.#nodes.get(path)
    if (node === undefined) return { code: codes.NO_NODE }
    if (version !== -1 && version !== node.version) return { code: codes.BAD_VERSION }
    node.data = data
    node.version++
    return { code: codes.OK, stat: node.stat }
  }

  get(path: string): Reply {
    const node = this.#nodes.get(path)
    return node === undefined ? { code: codes.NO_NODE } : { code: codes.OK, data: node.data, stat: node.stat }
  }

  remove(path: string, version: number): Reply {
    const node = this.#nodes.get(path)
    if (node === undefined) return { code: codes.NO_NODE }
    if (version !== -1 && version !== node.version) return { code: codes.BAD_VERSION }
    this.#nodes.delete(path)
    const parent = this.#nodes.get(path.slice(0, path.lastIndexOf('/')))
    if (parent !== undefined) parent.deleted++
    return { code: codes.OK }
  }

  children(path: string): Reply {
    const inside = `${path}/`
    const children = [...this.#nodes.keys()]
      .filter((each) => each.startsWith(inside) && !each.includes('/', inside.length))
      .map((each) => each.slice(inside.length))
    return { code: codes.OK, children }
  }
}
