import type { OpDefinition } from '../../src/api/ops.js'
import { Folds } from '../../src/commit/folds.js'
import type { Data } from '../../src/contracts/data.js'
import { platform } from '../../src/platform/node.js'
import { type EncodableTransaction, encodeRealm, encodeTransactions } from '../../src/record/encode.js'
import {
  CREATES,
  DELETES,
  type Operation,
  type Send,
  type TransactionsRecord,
  UPDATES,
  versionPrefix,
} from '../../src/record/record.js'
import { type OwnRecord, Replica } from '../../src/replay/replica.js'
import type { Conflict } from '../../src/replay/verdict.js'
import { UNJUDGED } from '../../src/state/made.js'
import type { RefStates } from '../../src/state/ref-state.js'
import { Version } from '../../src/state/version.js'
import { createCodec } from '../../src/values/codec.js'

/** A ref and the version expected of it: '' for none, and with '*' in front where it is marked. */
export type Expected = readonly [ref: string, version: string]

export interface TxSpec {
  readonly id?: string | number
  readonly label?: string
  readonly reads?: readonly Expected[]
  readonly grants?: readonly Expected[]
  /** Updates. */
  readonly writes?: readonly Expected[]
  readonly creates?: readonly Expected[]
  readonly deletes?: readonly Expected[]
  readonly ranges?: readonly (readonly [from: string, to: string, version: string])[]
  readonly sends?: readonly Send[]
  /** Updates with a value that only its container holds. */
  readonly externals?: readonly Expected[]
  readonly operations?: readonly OperationSpec[]
}

export interface OperationSpec {
  readonly ref: string
  /** By default true. */
  readonly existed?: boolean
  /** By default null. */
  readonly attested?: number | null
  /** By default 0, and for lists []. */
  readonly initial?: Data
  /** `version` 0 for built-in ones. */
  readonly steps: readonly (readonly [name: string, argument: Data, version?: number])[]
}

export interface RecordSpec {
  readonly client?: string
  readonly name?: string
  /** By default the client's next. */
  readonly number?: number
  /** By default the last position. */
  readonly s?: number
  /** By default the log's hash at `s`. */
  readonly h?: string
  readonly txs: readonly (TxSpec | undefined)[]
}

const expectation = (states: RefStates, [ref, version]: Expected) => ({
  state: states.of(ref),
  version: version.replace('*', ''),
  marked: version.startsWith('*'),
})

/** A record as its own client has it: the writes know the versions that they become. */
export function recordOf(
  states: RefStates,
  spec: RecordSpec & { number: number; s: number; h: string },
): TransactionsRecord & { transactions: readonly (EncodableTransaction | undefined)[] } {
  const { client = 'a', name, number, s, h } = spec
  const transactions = spec.txs.map((tx, i): EncodableTransaction | undefined => {
    if (tx === undefined) return undefined
    const {
      id = i,
      label,
      reads = [],
      grants = [],
      writes = [],
      creates = [],
      deletes = [],
      ranges = [],
      sends = [],
    } = tx
    const { externals = [], operations = [] } = tx
    const version = versionPrefix(client, number) + i
    const write = (existence: typeof UPDATES | typeof CREATES | typeof DELETES) => (expected: Expected) => {
      const exists = existence !== DELETES
      const data: Data | undefined = exists ? i : undefined
      const base = expectation(states, expected)
      const node = new Version(base.state, version, 'home', exists, data, Number.POSITIVE_INFINITY, 1)
      return { ...base, home: 'home', existence, exists, data, json: exists ? String(i) : undefined, node }
    }
    const elsewhere = (expected: Expected) => {
      const base = expectation(states, expected)
      const node = new Version(base.state, version, 'home', true, undefined, Number.POSITIVE_INFINITY, 1)
      return {
        ...base,
        home: 'home',
        existence: UPDATES,
        exists: true,
        data: undefined,
        json: undefined,
        node,
      } as const
    }
    const operate = ({ ref, existed = true, attested = null, initial, steps }: OperationSpec): Operation => {
      const all = steps.map(([name, argument, version = 0]) => ({ name, argument, version }))
      const isOfLists = all.some(({ name }) => name === 'append' || name === 'union')
      const node = new Version(states.of(ref), version, 'home', true, undefined, Number.POSITIVE_INFINITY, 1)
      node.made = UNJUDGED
      return {
        state: states.of(ref),
        home: 'home',
        existed,
        attested,
        initial: initial ?? (isOfLists ? [] : 0),
        steps: all,
        node,
      }
    }
    return {
      id,
      label,
      reads: reads.map((read) => expectation(states, read)),
      grants: grants.map((grant) => expectation(states, grant)),
      writes: [
        ...writes.map(write(UPDATES)),
        ...creates.map(write(CREATES)),
        ...deletes.map(write(DELETES)),
        ...externals.map(elsewhere),
      ],
      ranges: ranges.map(([from, to, version]) => ({
        from,
        to,
        version: version.replace('*', ''),
        marked: version.startsWith('*'),
      })),
      operations: operations.map(operate),
      sends,
    }
  })
  return { kind: 'transactions', client, name, number, s, h, transactions }
}

const VALID = 'valid'

/**
 * A log, and three replicas of it: one is the client that sent every record, one is client `a`, and one only reads. They must
 * always be of one opinion.
 */
export class History {
  /** All records are its own. */
  readonly own: Replica
  private readonly replicas: readonly Replica[]
  private readonly folds: Folds
  private readonly hashes: string[] = ['']
  private conflicts: (Conflict | undefined)[] = []
  private readonly numbers = new Map<string, number>()

  /** Position 1 is the realm's first record. */
  constructor(
    readonly window: number,
    operations: readonly OpDefinition<any, any>[] = [],
  ) {
    this.folds = new Folds(createCodec([]), operations)
    const ownJudged = (_own: OwnRecord, _i: number, _n: number, conflict: Conflict | undefined): void => {
      this.conflicts.push(conflict)
    }
    const make = (ownJudged: (own: OwnRecord, i: number, n: number, conflict: Conflict | undefined) => void): Replica =>
      new Replica(platform.hash, {
        ownJudged,
        otherWrote: () => undefined,
        unfolded: (version) => this.folds.add(version),
      })
    this.own = make(ownJudged)
    const other = () => make(() => undefined)
    this.replicas = [this.own, other(), other()]
    this.put(encodeRealm({ kind: 'realm', window, inlineLimit: 1_024 }))
  }

  get position(): number {
    return this.own.position
  }

  /** What waits for an agent, as each replica has it. */
  queues(agent: string): { ids: string[]; last: number; cursor: number }[] {
    return this.replicas.map(({ sends }) => {
      const { waiting, last, cursor } = sends.of(agent)
      return { ids: waiting.map(({ id }) => id), last, cursor }
    })
  }

  /** H(position), and something else where there is none. */
  hashOf(position: number): string {
    return this.hashes[position] ?? 'none'
  }

  /** Appends, and answers of each transaction what it lost against (the `on` of its conflict), or 'valid'. */
  append(spec: RecordSpec): string[] {
    const { client = 'a', s = this.position, h = this.hashOf(s) } = spec
    const number = spec.number ?? (this.numbers.get(client) ?? 0) + 1
    this.numbers.set(client, number)
    const make = ({ states }: Replica): OwnRecord => ({ record: recordOf(states, { ...spec, number, s, h }) })
    const owners = client === 'a' ? this.replicas.slice(0, 2) : [this.own]
    const records = new Map(owners.map((replica) => [replica, make(replica)]))
    this.put(encodeTransactions(recordOf(this.own.states, { ...spec, number, s, h })), records)
    return this.conflicts.map((conflict) => (conflict === undefined ? VALID : conflict.on))
  }

  /** The conflicts of the last record, as its own client learned them. */
  get lastConflicts(): readonly (Conflict | undefined)[] {
    return this.conflicts
  }

  put(bytes: Uint8Array, records?: ReadonlyMap<Replica, OwnRecord>): void {
    this.conflicts = []
    for (const replica of this.replicas) replica.apply(bytes, records?.get(replica))
    this.folds.flush()
    if (this.replicas.some(({ verdicts, hash }) => verdicts !== this.own.verdicts || hash !== this.own.hash)) {
      throw new Error(`two replicas differ at ${this.position}`)
    }
    this.hashes.push(this.own.hash)
  }

  /** Appends no-ops until the log ends at `position`. */
  fillTo(position: number): void {
    while (this.position < position) this.put(new Uint8Array())
  }

  /** The version of a ref's head, '' where there is none. */
  head(ref: string): string {
    const heads = this.replicas.map(({ states }) => {
      const { id, position, exists, data, made } = states.of(ref).head
      return JSON.stringify([id, position, exists, data, made?.fault?.message])
    })
    if (new Set(heads).size > 1) throw new Error(`two replicas differ on ${ref}: ${heads.join()}`)
    return this.own.states.of(ref).head.id
  }

  /** What the log, or what was folded from it, says of a ref's value; undefined where it was deleted, or is not known. */
  value(ref: string): Data | undefined {
    this.head(ref)
    return this.own.states.of(ref).head.data
  }
}
