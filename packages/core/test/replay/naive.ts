import type { Expected, OperationSpec, RecordSpec, TxSpec } from './history.js'

export type FullRecord = Required<Pick<RecordSpec, 'client' | 'number' | 's' | 'h' | 'txs'>>

interface Written {
  readonly ref: string
  readonly version: string
  readonly position: number
  /** Created or deleted its key. */
  readonly changes: boolean
  readonly exists: boolean
  /** What the log says of its value, as verdicts may know it. */
  readonly value: number | undefined
  /** What it is, by the steps of all that ever was. */
  readonly truth: number | undefined
  /** A value that its container alone holds. */
  readonly isExternal?: boolean
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
      const isValid = this.isValid(tx, record.s)
      if (isValid) this.apply(tx, `${client}.${number}.${i}`, record.s, i)
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

  private isValid(
    {
      id,
      reads = [],
      grants = [],
      writes = [],
      creates = [],
      deletes = [],
      externals = [],
      ranges = [],
      operations = [],
    }: TxSpec,
    s: number,
  ): boolean {
    const holds = (last: Written | undefined, version: string): boolean =>
      last === undefined ? !marked(version) : last.version === bare(version)
    const recent = this.recent(this.writes)
    const lastOf = (name: string) => recent.findLast(({ ref }) => ref === name)
    const lastIn = (from: string, to: string) =>
      recent.findLast(({ ref, changes }) => changes && from <= ref && ref < to)
    return (
      [...reads, ...grants, ...writes, ...creates, ...deletes, ...externals].every(([ref, version]) =>
        holds(lastOf(ref), version),
      ) &&
      ranges.every(([from, to, version]) => holds(lastIn(from, to), version)) &&
      !this.recent(this.ids).some((taken) => taken.id === id) &&
      operations.every((operation) => this.operates(operation, s))
    )
  }

  private since(ref: string, s: number): Written | undefined {
    const last = this.lastWrite(ref, this.position)
    return last !== undefined && last.position > s ? last : undefined
  }

  private operates(operation: OperationSpec, s: number): boolean {
    const since = this.since(operation.ref, s)
    if (!isOfNumbers(operation)) return since?.isExternal !== true
    const before = this.numberBefore(operation, s)
    return typeof before === 'number' && stepped(before, operation) !== undefined
  }

  private numberBefore({ ref, existed = true, attested = null, initial = 0 }: OperationSpec, s: number): unknown {
    const since = this.since(ref, s)
    if (since === undefined) return existed ? attested : initial
    return since.exists ? since.value : initial
  }

  private apply(
    { id, writes = [], creates = [], deletes = [], externals = [], operations = [] }: TxSpec,
    version: string,
    s: number,
    i: number,
  ): void {
    const { position } = this
    if (typeof id === 'string') this.ids.push({ id, position })
    const write = (changes: boolean, exists: boolean) => (expected: Expected) => {
      const value = exists ? i : undefined
      this.writes.push({ ref: expected[0], version, position, changes, exists, value, truth: value })
    }
    writes.forEach(write(false, true))
    creates.forEach(write(true, true))
    deletes.forEach(write(true, false))
    for (const [ref] of externals) {
      const value = undefined
      this.writes.push({
        ref,
        version,
        position,
        changes: false,
        exists: true,
        value,
        truth: value,
        isExternal: true,
      })
    }
    for (const operation of operations) {
      const { ref, existed = true, initial = 0 } = operation
      const before = this.numberBefore(operation, s)
      const last = this.lastWrite(ref, position)
      const changes = !(this.since(ref, s)?.exists ?? existed)
      const value = isOfNumbers(operation) ? stepped(before as number, operation) : undefined
      const truth = stepped((last?.exists ? last.truth : initial) as number, operation)
      this.writes.push({ ref, version, position, changes, exists: true, value, truth })
    }
  }
}

function isOfNumbers({ steps }: OperationSpec): boolean {
  return steps.every(([name]) => name !== 'append')
}

/** Undefined where a bound forbids it, or it is no number. */
function stepped(value: number, { steps }: OperationSpec): number | undefined {
  let next: number | undefined = value
  for (const [name, argument] of steps) {
    if (typeof next !== 'number') return undefined
    if (name === 'max') next = next > (argument as number) ? next : (argument as number)
    else if (name === 'min') next = next < (argument as number) ? next : (argument as number)
    else if (name === 'append') return undefined
    else if (typeof argument === 'number') next += argument
    else {
      const [n, min, max] = argument as [number, number | null, number | null]
      next += n
      if (next < (min ?? next) || next > (max ?? next)) return undefined
    }
    if (Math.abs(next) === Number.POSITIVE_INFINITY) return undefined
  }
  return next
}
