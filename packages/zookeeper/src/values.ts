import type { Stored } from '@avout/core/backend'
import { checkData, checkName, checkString } from './check.js'
import * as codes from './drivers/codes.js'
import type { Create, Reply } from './drivers/driver.js'
import { errorOf } from './errors.js'
import { inTurn } from './in-turn.js'
import { REQUEST, sizeOf } from './limits.js'
import { segmentOf } from './names.js'
import type { Realm } from './realm.js'
import { textOf } from './text.js'

/** A ref's node. */
interface RefNode {
  readonly path: string
  /** Whether it is known to be there. */
  made: boolean
  making?: Promise<void> | undefined
}

/** A value on its way to its node. */
export interface Value extends Create {
  readonly node: RefNode
}

/** How many refs are remembered, and how many calls are sent at once. */
const REMEMBERED = 50_000
const AT_ONCE = 256
/** A request is answered as a whole: a long one keeps others waiting. */
const MOST_CREATES = 500

/** Writes values under their refs, each once: as many in one request as fit, where the driver can. */
export class ValueWriter {
  readonly #realm: Realm
  readonly #refs = new Map<string, RefNode>()

  constructor(realm: Realm) {
    this.#realm = realm
  }

  /** The path of a version. */
  pathOf(ref: string, version: string): string {
    checkString('version', version)
    return `${this.nodeOf(ref).path}/${segmentOf('version', version)}`
  }

  nodeOf(ref: string): RefNode {
    let node = this.#refs.get(ref)
    if (node === undefined) {
      if (this.#refs.size >= REMEMBERED) this.#refs.clear()
      node = { path: this.#realm.at('refs', ref), made: false }
      this.#refs.set(ref, node)
    }
    return node
  }

  prepare(values: readonly Stored[]): Value[] {
    return values.map(({ ref, version, value }) => {
      checkName('ref', ref)
      checkData('value', value)
      return { node: this.nodeOf(ref), path: this.pathOf(ref, version), data: textOf(value, ref), sequential: false }
    })
  }

  /** Resolves with whether each was the first of its version. */
  async store(values: readonly Value[]): Promise<boolean[]> {
    await this.#realm.ready()
    if (!this.#realm.connection.hasMulti || values.length === 1) return this.#storeSingly(values)
    const chunks = chunksOf(values, 0)
    const stored = await Promise.all([this.#makeNodes(values), ...chunks.map((chunk) => this.#storeChunk(chunk))])
    return stored.slice(1).flatMap((won) => won ?? [])
  }

  /**
   * Sends, before it returns, one request with `first` and as many of the values as fit; behind it others with the rest. Where the
   * first one is answered with another code than OK nothing of it was done. It is sent in the session `epoch` or not at all.
   */
  storeWith(
    first: Create,
    values: readonly Value[],
    epoch: number,
  ): Promise<[PromiseSettledResult<Reply>, PromiseSettledResult<unknown>]> {
    // What is sent on one connection is done in order: nobody has to wait for the nodes above.
    const nodes = this.#makeNodes(values)
    const [beside = [], ...rest] = chunksOf(values, sizeOf(first.path, first.data))
    const reply = this.#realm.connection.multi([first, ...beside], epoch)
    return Promise.allSettled([reply, Promise.all([nodes, ...rest.map((chunk) => this.#storeChunk(chunk))])])
  }

  /** Makes the nodes of refs that are used for the first time. */
  async makeNode(node: RefNode): Promise<void> {
    if (node.made) return
    node.making ??= this.#make(node)
    await node.making
  }

  async #make(node: RefNode): Promise<void> {
    try {
      await this.#realm.makeParent(node.path)
      node.made = true
    } finally {
      node.making = undefined
    }
  }

  async #makeNodes(values: readonly Value[]): Promise<undefined> {
    const nodes = new Set<RefNode>()
    for (const { node } of values) if (!node.made) nodes.add(node)
    if (nodes.size > 0) await Promise.all(Array.from(nodes, (node) => this.makeNode(node)))
    return undefined
  }

  async #storeChunk(chunk: readonly Value[]): Promise<boolean[]> {
    const { code } = await this.#realm.connection.multi(chunk)
    if (code === codes.OK) return chunk.map(() => true)
    if (code === codes.NODE_EXISTS || code === codes.NO_NODE) return this.#storeSingly(chunk)
    throw errorOf(code, 'store values', this.#realm.connection.where)
  }

  #storeSingly(values: readonly Value[]): Promise<boolean[]> {
    return inTurn(values, AT_ONCE, (value) => this.#storeOne(value))
  }

  async #storeOne(value: Value): Promise<boolean> {
    const { connection } = this.#realm
    for (let attempt = 0; ; attempt++) {
      const made = this.makeNode(value.node)
      const [{ code }] = await Promise.all([connection.create(value.path, value.data), made])
      if (code === codes.OK) return true
      if (code === codes.NODE_EXISTS) return false
      // Somebody has deleted the ref's node: once more, then it is an error.
      if (code !== codes.NO_NODE || attempt > 0) throw errorOf(code, 'store a value', connection.where)
      value.node.made = false
    }
  }
}

/** Parts that fit in a request each. The first has room for `taken` bytes more. */
function chunksOf(values: readonly Value[], taken: number): Value[][] {
  const chunks: Value[][] = [[]]
  let bytes = taken
  for (const value of values) {
    const size = sizeOf(value.path, value.data)
    const last = chunks.at(-1)
    if (last !== undefined && bytes + size <= REQUEST - 1024 && last.length < MOST_CREATES) last.push(value)
    else {
      chunks.push([value])
      bytes = 0
    }
    bytes += size
  }
  return chunks[0]?.length === 0 && taken === 0 ? chunks.slice(1) : chunks
}
