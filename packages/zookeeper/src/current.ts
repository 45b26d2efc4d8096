import type { Data, Head } from '@avout/core/backend'
import { checkCount, checkName } from './check.js'
import * as codes from './drivers/codes.js'
import { errorOf } from './errors.js'
import { inTurn } from './in-turn.js'
import type { Realm } from './realm.js'
import type { ValueWriter } from './values.js'

/** What the data of a ref's node is, as JSON. */
export interface Shown {
  /** Absent where the ref was deleted: that is kept, so that nothing older appears again. */
  readonly value?: Data
  readonly deleted?: true
  readonly version: string
  readonly position: number
}

/** How much of what is shown is remembered, and how many calls are sent at once. */
const REMEMBERED = 20_000
const AT_ONCE = 128

/** What a ref's node is known to hold: the next change of it needs no reading then. */
interface Known {
  readonly position: number
  /** Of the node, which counts its changes. */
  readonly version: number
  /** The session that has seen it: in another one the version may fit by chance, after a rollback. */
  readonly epoch: number
}

/** Shows what refs are now, to who reads ZooKeeper without Avout: in the data of each ref's node, with its position in the log. */
export class CurrentView {
  readonly #realm: Realm
  readonly #writer: ValueWriter
  readonly #known = new Map<string, Known>()

  constructor(realm: Realm, writer: ValueWriter) {
    this.#realm = realm
    this.#writer = writer
  }

  async show(heads: readonly Head[]): Promise<void> {
    await this.#realm.ready()
    await inTurn(heads, AT_ONCE, (head) => this.#show(head))
  }

  async #show({ ref, version, position, value }: Head): Promise<void> {
    checkName('ref', ref)
    checkCount('position', position, 1)
    const { connection } = this.#realm
    const node = this.#writer.nodeOf(ref)
    const shown: Shown = value === undefined ? { deleted: true, version, position } : { value, version, position }
    const data = Buffer.from(JSON.stringify(shown))
    await this.#writer.makeNode(node)
    for (;;) {
      const known = this.#remembered(ref) ?? (await this.#read(node.path))
      // The node is gone: made again.
      if (known === undefined) {
        node.made = false
        await this.#writer.makeNode(node)
        continue
      }
      if (known.position >= position) return this.#remember(ref, known)
      // Changed only as it is known to be: so it never moves back.
      const { epoch } = known
      const { code, stat } = await connection.set(node.path, data, known.version, epoch)
      if (code === codes.OK && stat !== undefined)
        return this.#remember(ref, { position, version: stat.version, epoch })
      this.#known.delete(ref)
      const changed = code === codes.BAD_VERSION || code === codes.NO_NODE || code === codes.NOT_SENT
      if (!changed) throw errorOf(code, 'show a value', connection.where)
    }
  }

  #remembered(ref: string): Known | undefined {
    const known = this.#known.get(ref)
    return known?.epoch === this.#realm.connection.epoch ? known : undefined
  }

  #remember(ref: string, known: Known): void {
    if (this.#known.size >= REMEMBERED) this.#known.clear()
    this.#known.set(ref, known)
  }

  async #read(path: string): Promise<Known | undefined> {
    const { connection } = this.#realm
    const { code, data, stat } = await connection.get(path)
    if (code === codes.NO_NODE || stat === undefined) return undefined
    return { position: positionOf(data), version: stat.version, epoch: connection.epoch }
  }
}

function positionOf(data: Uint8Array | undefined): number {
  if (data === undefined || data.length === 0) return 0
  const { position } = JSON.parse(Buffer.from(data).toString()) as Partial<Shown>
  return typeof position === 'number' ? position : 0
}
