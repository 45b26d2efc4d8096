import { createHash } from 'node:crypto'
import { isCounting, operated } from './operations.js'
import {
  type Expected,
  type ModelTransaction,
  type Operated,
  type RangeRead,
  readRecord,
  type Written,
} from './record.js'

/** A valid write: it is its ref's head in `[from, to)`, positions of the log. */
export interface HeadOf {
  readonly version: string
  readonly exists: boolean
  readonly home: string
  /** Undefined where the log does not carry it. */
  readonly data: unknown
  readonly from: number
  /** Within its record. */
  readonly place: number
  /** Made by operations: of numbers, or of what no verdict looks into. */
  readonly made?: 'number' | 'other'
  to: number
}

export interface Judged {
  readonly position: number
  /** The version that it gives to what it writes. */
  readonly version: string
  readonly client: string
  readonly transaction: ModelTransaction
  /** Undefined when it is valid; else why not. */
  readonly fault: string | undefined
}

const NONE: HeadOf = {
  version: '',
  exists: false,
  home: '',
  data: undefined,
  from: 0,
  place: 0,
  to: Number.POSITIVE_INFINITY,
}

/**
 * The log as the design's section 3 says it is to be read, in the plainest way: whole histories in place of windows, nothing
 * shared with core. Where the rules of a window and the whole history disagree, the protocol is wrong, and it says so.
 */
export class Model {
  readonly judged: Judged[] = []
  /** H by position. */
  readonly hashes: string[] = ['']
  /** What must never be, in words. */
  readonly violations: string[] = []
  window = 0
  inlineLimit = 0
  readonly #writes = new Map<string, HeadOf[]>()
  readonly #numbers = new Map<string, number>()
  readonly #ids = new Map<string, number>()

  get position(): number {
    return this.hashes.length - 1
  }

  /** Every ref that was ever validly written, with its valid writes in order. */
  get refs(): ReadonlyMap<string, readonly HeadOf[]> {
    return this.#writes
  }

  /** The head of `ref` after `position`. */
  headAt(ref: string, position: number): HeadOf {
    const writes = this.#writes.get(ref) ?? []
    for (let i = writes.length - 1; i >= 0; i--) {
      const write = writes[i] as HeadOf
      if (write.from <= position) return write
    }
    const first = writes[0]
    return first === undefined ? NONE : { ...NONE, to: first.from }
  }

  apply(bytes: Uint8Array): void {
    const n = this.position + 1
    const record = readRecord(bytes)
    if (record.kind === 'realm' && this.window === 0) {
      this.window = record.window
      this.inlineLimit = record.inlineLimit
    }
    if (record.kind === 'transactions') {
      const { client, number, s, h, transactions } = record
      const fault = this.#recordFault(n, client, number, s, h)
      transactions.forEach((transaction, place) => {
        if (transaction === undefined) return
        const version = `${client}.${number}.${place}`
        const why = fault ?? this.#fault(transaction, n, s)
        this.judged.push({ position: n, version, client, transaction, fault: why })
        if (why === undefined) this.#commit(transaction, version, n, place)
      })
    }
    const hash = createHash('sha256')
      .update(this.hashes[n - 1] as string, 'latin1')
      .update(bytes)
    this.hashes.push(hash.digest().subarray(0, 16).toString('base64url'))
  }

  #recordFault(n: number, client: string, number: number, s: number, h: string): string | undefined {
    const name = `${client}.${number}`
    const first = this.#numbers.get(name)
    if (this.window === 0) return 'no realm yet'
    if (!(n - this.window <= s && s < n)) return `s = ${s} is outside of the window`
    this.#numbers.set(name, first ?? n)
    if (first !== undefined) return `its number stands at ${first} already`
    if (h !== this.hashes[s]) return 'its hash does not fit'
    return undefined
  }

  #fault(transaction: ModelTransaction, n: number, s: number): string | undefined {
    for (const expected of [...transaction.reads, ...transaction.grants, ...transaction.writes]) {
      const head = this.headAt(expected.ref, n)
      if (!this.#holds(expected, head, n)) return `${expected.ref} is at ${head.version}, not at ${expected.version}`
      if (head.version !== expected.version) {
        this.violations.push(
          `position ${n}: a valid transaction expects ${expected.ref} at "${expected.version}", where "${head.version}" is`,
        )
      }
    }
    for (const range of transaction.ranges) {
      const change = this.#rangeChange(range, n)
      if (change === undefined ? range.marked : change.version !== range.version) {
        return `a key from ${range.from} to ${range.to} was created or deleted`
      }
    }
    const { id } = transaction
    const committed = typeof id === 'string' ? this.#ids.get(id) : undefined
    if (committed !== undefined && committed >= n - this.window) return `its id committed at ${committed}`
    for (const operation of transaction.operations) {
      const fault = this.#operationFault(operation, n, s)
      if (fault !== undefined) return fault
    }
    return undefined
  }

  /** By what the ref is, as all of history has it; and what was attested of `s` must have been so. */
  #operationFault(operation: Operated, n: number, s: number): string | undefined {
    const { ref, existed, attested, steps } = operation
    const then = this.headAt(ref, s)
    const counts = isCounting(steps)
    const was = then.exists && counts && typeof then.data === 'number' ? then.data : null
    if (then.exists !== existed || was !== attested) {
      this.violations.push(
        `position ${n}: an operation attests that ${ref} was ${existed} ${attested} at ${s}, it was ${then.exists} ${was}`,
      )
    }
    const head = this.headAt(ref, n)
    const isSince = head.from > s
    if (!counts) return isSince && head.exists && head.data === undefined ? `${ref} is not in the log` : undefined
    if (isSince && head.made === 'other') return `${ref} is what no verdict looks into`
    const value = head.exists ? head.data : operation.initial
    if (typeof value !== 'number') return `${ref} is no number`
    return operated(value, steps) === undefined ? `${ref} is at its bound` : undefined
  }

  #holds(expected: Expected, head: HeadOf, n: number): boolean {
    const inWindow = head.from >= n - this.window && head.from > 0
    if (!inWindow) return !expected.marked
    return head.version === expected.version
  }

  /** The last creation or deletion of a key of the range, in the window. */
  #rangeChange({ from, to }: RangeRead, n: number): HeadOf | undefined {
    let last: HeadOf | undefined
    for (const [ref, writes] of this.#writes) {
      if (!(from <= ref && ref < to)) continue
      writes.forEach((write, i) => {
        const before = writes[i - 1]?.exists ?? false
        if (before === write.exists || write.from < n - this.window) return
        if (last === undefined || write.from > last.from || (write.from === last.from && write.place > last.place)) {
          last = write
        }
      })
    }
    return last
  }

  #commit(transaction: ModelTransaction, version: string, n: number, place: number): void {
    if (typeof transaction.id === 'string') this.#ids.set(transaction.id, n)
    for (const write of transaction.writes) this.#write(write, version, n, place)
    for (const { ref, home, initial, steps } of transaction.operations) {
      const head = this.headAt(ref, n)
      const data = operated(head.exists ? head.data : initial, steps)
      const made = isCounting(steps) ? 'number' : 'other'
      this.#push(ref, { version, exists: true, home, data, from: n, place, made, to: Number.POSITIVE_INFINITY })
    }
  }

  #write({ ref, home, exists, creates, deletes, data }: Written, version: string, from: number, place: number): void {
    const before = this.headAt(ref, from)
    if (creates !== (exists && !before.exists) || deletes !== (!exists && before.exists)) {
      this.violations.push(`position ${from}: a write of ${ref} says wrongly whether it creates or deletes it`)
    }
    this.#push(ref, { version, exists, home, data, from, place, to: Number.POSITIVE_INFINITY })
  }

  #push(ref: string, head: HeadOf): void {
    this.headAt(ref, head.from).to = head.from
    let writes = this.#writes.get(ref)
    if (writes === undefined) {
      writes = []
      this.#writes.set(ref, writes)
    }
    writes.push(head)
  }
}
