import type { Stored } from '../contracts/versions.js'
import { encodeTransactions } from '../record/encode.js'
import { type TransactionsRecord, versionPrefix } from '../record/record.js'
import type { OwnRecord } from '../replay/replica.js'
import type { Version } from '../state/version.js'
import type { Home } from './homes.js'
import type { Pending } from './pending.js'

/** One record of this client, from its first transaction until its verdict. Group commit: those that are ready together share it. */
export class Flight implements OwnRecord {
  readonly kind = 'transactions'
  readonly transactions: (Pending | undefined)[] = []
  /** Every version of this record is this and a transaction's place in it. */
  readonly versionPrefix: string
  /** The position replayed when it was built, and the hash there. */
  s = 0
  h = ''
  /** As sent. A resend is byte-identical. */
  bytes: Uint8Array | undefined = undefined
  /** Roughly, while it grows. */
  size = 0
  hasExternal = false
  hasOperations = false
  judged = false
  /** Resolves when the values that go with it are in their containers, or wait there for redo. */
  stored: Promise<unknown> | undefined = undefined
  /** Values that its append takes along; undefined where there are none, and when they are stored. */
  beside:
    | { readonly home: Home; readonly versions: readonly Version[]; readonly entries: readonly Stored[] }
    | undefined = undefined
  private whenBesideStored: (() => void) | undefined = undefined
  /** What its containers refused before the verdict. */
  readonly unstored: { home: Home; versions: readonly Version[]; error: unknown }[] = []

  constructor(
    readonly client: string,
    readonly name: string | undefined,
    readonly number: number,
  ) {
    this.versionPrefix = versionPrefix(client, number)
  }

  get record(): TransactionsRecord {
    return this
  }

  get isEmpty(): boolean {
    return this.transactions.every((pending) => pending === undefined)
  }

  drop(pending: Pending): void {
    this.transactions[this.transactions.indexOf(pending)] = undefined
  }

  storing(writes: Promise<unknown>[]): void {
    if (this.stored !== undefined) writes.push(this.stored)
    this.stored = Promise.all(writes)
  }

  /** Its record is known to be in the log, perhaps before its append was answered: then the values beside it are waited for. */
  awaitBeside(): void {
    if (this.beside === undefined) return
    this.storing([
      new Promise<void>((resolve) => {
        this.whenBesideStored = resolve
      }),
    ])
  }

  besideStored(): void {
    this.beside = undefined
    this.whenBesideStored?.()
  }

  /** Its `s` is the position replayed now: operations say what they found there. */
  attest(): void {
    if (!this.hasOperations) return
    for (const pending of this.transactions) for (const operation of pending?.operations ?? []) operation.attest()
  }

  encode(): Uint8Array {
    for (const pending of this.transactions) {
      if (pending === undefined) continue
      pending.mark(this.s)
      pending.sent = true
    }
    this.bytes = encodeTransactions(this)
    return this.bytes
  }
}
