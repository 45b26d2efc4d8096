import { decodeRecord } from '../record/decode.js'
import {
  type LogRecord,
  type Operation,
  type RealmRecord,
  type Transaction,
  type TransactionsRecord,
  UPDATES,
  versionPrefix,
  type Write,
} from '../record/record.js'
import { areNumeric } from '../record/steps.js'
import { OF_NUMBERS } from '../state/made.js'
import { RefStates } from '../state/ref-state.js'
import { type Author, Version } from '../state/version.js'
import { foldNumbers } from './numbers.js'
import { Sends } from './sends.js'
import { Superseding } from './superseding.js'
import { type Conflict, isInWindow, isThere, numberBefore, recordFault, transactionConflict } from './verdict.js'
import { Window } from './window.js'

/** How a replica tells of this client's own transactions, which it knows before the log does. */
export interface OwnRecord {
  readonly record: TransactionsRecord
}

/** What happens as entries are replayed, in the order of the log. */
export interface ReplayEvents {
  /** A transaction of one's own was judged: `conflict` is why it does not count. Valid writes are applied already. */
  ownJudged(own: OwnRecord, i: number, position: number, conflict: Conflict | undefined): void
  /** A valid write of another client was applied. */
  otherWrote(version: Version): void
  /** An operation that is not of numbers was applied: its value is still to be folded, by code that may be a user's. */
  unfolded?(version: Version): void
}

export type WriteListener = (before: Version, after: Version) => void

/** State as the log gives it: the same for every client that replayed to the same position. */
export class Replica {
  readonly states = new RefStates()
  /** What was sent to agents and is not done. */
  readonly sends = new Sends(this.states)
  position = 0
  /** H(position). */
  hash = ''
  /** What the realm's first record fixed; undefined before that is replayed. */
  realm: RealmRecord | undefined
  private past = new Window(1, 0, '')
  private digest = 0
  private readonly superseding = new Superseding()
  private readonly listeners = new Set<WriteListener>()

  constructor(
    private readonly hashOf: (previous: string, bytes: Uint8Array) => string,
    private readonly events: ReplayEvents,
  ) {}

  /** Tells of every valid write, of whichever ref, until the answer is called. */
  listen(listener: WriteListener): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  get window(): Window {
    return this.past
  }

  /** Equal in every client at a position, or their verdicts differ. */
  get verdicts(): string {
    return (this.digest >>> 0).toString(16)
  }

  /** Replays the entry at `position + 1`. `own` is its record where this client sent it: the same bytes, known already. */
  apply(bytes: Uint8Array, own: OwnRecord | undefined): void {
    const n = this.position + 1
    const record = own?.record ?? decodeRecord(bytes, this.states)
    if (record.kind === 'realm' && this.realm === undefined) this.found(record, n)
    this.judge(record, n, own)
    this.hash = this.hashOf(this.hash, bytes)
    this.position = n
    this.past.setHash(n, this.hash)
  }

  /** No view older than `position` will be asked for again; nor one that the window has moved past. */
  forget(position: number): void {
    this.superseding.forget(Math.max(position, this.position - this.past.window))
  }

  private found(record: RealmRecord, n: number): void {
    this.realm = record
    this.past = new Window(record.window, n - 1, this.hash)
  }

  private judge(record: LogRecord, n: number, own: OwnRecord | undefined): void {
    this.past.advance(n)
    if (record.kind !== 'transactions' || this.realm === undefined) return
    const fault = recordFault(record, n, this.past)
    // A late copy of a record that is too old must not be entered: the first occurrence, perhaps, still counts.
    if (fault !== 'repeated' && isInWindow(record, n, this.past)) this.past.enterRecord(record.client, record.number)
    for (let i = 0; i < record.transactions.length; i++) {
      const transaction = record.transactions[i]
      if (transaction === undefined) continue
      const conflict =
        fault === undefined ? transactionConflict(transaction, record.s, n, this.past) : { on: '', rival: undefined }
      this.digest = (Math.imul(this.digest ^ n, 0x01000193) + (conflict === undefined ? i + 1 : 0)) | 0
      if (conflict === undefined) this.commit(record, transaction, i, n, own !== undefined)
      if (own !== undefined) this.events.ownJudged(own, i, n, conflict)
    }
  }

  private commit(record: TransactionsRecord, transaction: Transaction, i: number, n: number, isOwn: boolean): void {
    this.past.enterCommit(transaction.id)
    const { writes, operations } = transaction
    const author = isOwn ? undefined : authorOf(record, transaction, i)
    const hasSends = transaction.sends.length > 0
    const id = isOwn && !hasSends ? '' : versionPrefix(record.client, record.number) + i
    for (let w = 0; w < writes.length; w++) {
      const write = writes[w] as Write
      const version = isOwn ? (write.node as Version) : makeVersion(write, id, n, author)
      this.link(version, n)
      if (write.existence !== UPDATES) this.past.enterExistenceChange(version)
    }
    for (let o = 0; o < operations.length; o++) {
      const operation = operations[o] as Operation
      this.operate(operation, isOwn ? (operation.node as Version) : makeOperated(operation, id, n, author), record.s, n)
    }
    if (hasSends) this.sends.enter(id, transaction.sends)
  }

  /** What an operation comes to is known now, in the order of the log. */
  private operate(operation: Operation, version: Version, s: number, n: number): void {
    const { state, steps, initial } = operation
    const wasThere = isThere(operation, s)
    if (areNumeric(steps)) {
      version.made = OF_NUMBERS
      version.data = foldNumbers(numberBefore(operation, s) as number, steps)
    } else {
      const base = wasThere ? state.head : undefined
      version.made = { isNumeric: false, steps, initial, base, isFolded: false, fault: undefined }
      this.events.unfolded?.(version)
    }
    this.link(version, n)
    if (!wasThere) this.past.enterExistenceChange(version)
  }

  private link(version: Version, n: number): void {
    const { state } = version
    const before = state.head
    version.position = n
    version.previous = before
    this.superseding.add(version)
    state.head = version
    if (state.top === before) state.top = version
    if (version.order === 0) this.events.otherWrote(version)
    if (state.listeners !== undefined) for (const listener of state.listeners) listener(before, version)
    if (this.listeners.size > 0) for (const listener of this.listeners) listener(before, version)
  }
}

function makeVersion(write: Write, id: string, n: number, author: Author | undefined): Version {
  const version = new Version(write.state, id, write.home, write.exists, write.data, n, 0)
  version.author = author
  return version
}

function makeOperated({ state, home }: Operation, id: string, n: number, author: Author | undefined): Version {
  const version = new Version(state, id, home, true, undefined, n, 0)
  version.author = author
  return version
}

/** Undefined where the version says it all. */
function authorOf(
  { client, name, number }: TransactionsRecord,
  { id, label }: Transaction,
  i: number,
): Author | undefined {
  if (label === undefined && name === undefined && typeof id === 'number') return undefined
  const publicId = typeof id === 'number' ? versionPrefix(client, number) + i : id
  return { id: publicId, client: name ?? client, ...(label === undefined ? undefined : { label }) }
}
