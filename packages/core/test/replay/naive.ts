import type { Expected, RecordSpec, TxSpec } from './history.js'

export type FullRecord = Required<Pick<RecordSpec, 'client' | 'number' | 's' | 'h' | 'txs'>>

interface Written {
  readonly ref: string
  readonly version: string
  readonly position: number
  /** Created or deleted its key. */
  readonly changes: boolean
}

const marked = (version: string): boolean => version.startsWith('*')
const bare = (version: string): string => version.replace('*', '')

/** The rules of validity, word by word: it keeps all that ever was, and looks through it each time. */
export class Naive {
  position = 1
  readonly writes: Written[] = []
  private readonly hashes: string[] = ['']
  private readonly entered: { client: string; number: number; position: number }[] = []
  private readonly ids: { id: string; position: number }[] = []

  constructor(readonly window: number) {}

  setHash(position: number, hash: string): void {
    this.hashes[position] = hash
  }

  /** Judges the entry at the next position; undefined for one that is no record. Answers of each transaction if it is valid. */
  judge(record: FullRecord | undefined): boolean[] {
    const n = ++this.position
    if (record === undefined) return []
    const txs = record.txs.filter((tx) => tx !== undefined)
    if (!(n - this.window <= record.s && record.s < n)) return txs.map(() => false)
    const { client, number } = record
    if (this.recent(this.entered).some((other) => other.client === client && other.number === number)) {
      return txs.map(() => false)
    }
    this.entered.push({ client, number, position: n })
    if (this.hashes[record.s] !== record.h) return txs.map(() => false)
    const verdicts: boolean[] = []
    for (const [i, tx] of record.txs.entries()) {
      if (tx === undefined) continue
      const isValid = this.isValid(tx)
      if (isValid) this.apply(tx, `${client}.${number}.${i}`)
      verdicts.push(isValid)
    }
    return verdicts
  }

  /** The last valid write of a ref at or before `position`. */
  lastWrite(ref: string, position: number): Written | undefined {
    return this.writes.findLast((write) => write.ref === ref && write.position <= position)
  }

  /** The last valid creation or deletion of a key in a range. */
  lastChange(from: string, to: string, position: number): Written | undefined {
    return this.writes.findLast(
      ({ ref, changes, position: at }) => changes && from <= ref && ref < to && at <= position,
    )
  }

  private recent<T extends { position: number }>(items: readonly T[]): T[] {
    return items.filter((item) => item.position >= this.position - this.window)
  }

  private isValid({
    id,
    reads = [],
    grants = [],
    writes = [],
    creates = [],
    deletes = [],
    ranges = [],
  }: TxSpec): boolean {
    const holds = (last: Written | undefined, version: string): boolean =>
      last === undefined ? !marked(version) : last.version === bare(version)
    const recent = this.recent(this.writes)
    const lastOf = (name: string) => recent.findLast(({ ref }) => ref === name)
    const lastIn = (from: string, to: string) =>
      recent.findLast(({ ref, changes }) => changes && from <= ref && ref < to)
    return (
      [...reads, ...grants, ...writes, ...creates, ...deletes].every(([ref, version]) => holds(lastOf(ref), version)) &&
      ranges.every(([from, to, version]) => holds(lastIn(from, to), version)) &&
      !this.recent(this.ids).some((taken) => taken.id === id)
    )
  }

  private apply({ id, writes = [], creates = [], deletes = [] }: TxSpec, version: string): void {
    const { position } = this
    if (typeof id === 'string') this.ids.push({ id, position })
    const write = (changes: boolean) => (expected: Expected) => {
      this.writes.push({ ref: expected[0], version, position, changes })
    }
    writes.forEach(write(false))
    creates.forEach(write(true))
    deletes.forEach(write(true))
  }
}
