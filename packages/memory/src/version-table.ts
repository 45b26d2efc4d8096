import type { Data } from '@avout/core/backend'

/** One value; those of the same version, which one transaction wrote, hang together. */
interface Cell {
  readonly ref: string
  readonly value: Data
  next: Cell | undefined
}

const SHARDS = 256

/**
 * Values by version and ref. By version first: a transaction's writes share it, so that most need one look-up for all, and a
 * ref that is written often has no table of its own to grow. In shards, so that no table is ever rebuilt as a whole.
 */
export class VersionTable {
  readonly #shards = Array.from({ length: SHARDS }, () => new Map<string, Cell>())
  /** Where the last value went: the next one is most likely of the same version. */
  #last: { readonly version: string; readonly first: Cell } | undefined

  get(ref: string, version: string): Data | undefined {
    let cell = this.#shardOf(version).get(version)
    while (cell !== undefined && cell.ref !== ref) cell = cell.next
    return cell?.value
  }

  /** False where there is a value already: it stays. */
  add(ref: string, version: string, value: Data): boolean {
    const first = this.#last?.version === version ? this.#last.first : this.#shardOf(version).get(version)
    for (let cell = first; cell !== undefined; cell = cell.next) if (cell.ref === ref) return false
    const added: Cell = { ref, value, next: undefined }
    if (first === undefined) {
      this.#shardOf(version).set(version, added)
      this.#last = { version, first: added }
    } else {
      added.next = first.next
      first.next = added
    }
    return true
  }

  delete(ref: string, version: string): void {
    const shard = this.#shardOf(version)
    this.#forget(shard, version, ref)
  }

  /** Every version of a ref. A look through all there is: rare. */
  deleteAll(ref: string): void {
    for (const shard of this.#shards) for (const version of [...shard.keys()]) this.#forget(shard, version, ref)
  }

  #forget(shard: Map<string, Cell>, version: string, ref: string): void {
    this.#last = undefined
    const first = shard.get(version)
    if (first?.ref === ref) {
      if (first.next === undefined) shard.delete(version)
      else shard.set(version, first.next)
      return
    }
    for (let cell = first; cell?.next !== undefined; cell = cell.next) {
      if (cell.next.ref !== ref) continue
      cell.next = cell.next.next
      return
    }
  }

  /** Versions differ most at their end. */
  #shardOf(version: string): Map<string, Cell> {
    const { length } = version
    let hash = 0
    for (let i = Math.max(0, length - 6); i < length; i++) hash = (hash * 31 + version.charCodeAt(i)) | 0
    return this.#shards[hash & (SHARDS - 1)] as Map<string, Cell>
  }
}
