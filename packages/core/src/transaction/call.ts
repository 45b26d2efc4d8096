import type { ReadOptions, TxOptions } from '../api/options.js'
import type { Author } from '../state/version.js'
import type { TransactionHost } from './host.js'
import type { Scope } from './scope.js'

/**
 * A call of dosync as it was made: who it is, and what its options ask for. What comes of it is in Dosync, which extends this: there is
 * one for every transaction, and it must not take two objects.
 */
export abstract class Call {
  /** The number that stands for it in its record, where the user gave no id. */
  readonly number: number
  /** The scope of another client's body that this was called in, if it was: runs are begun from anywhere. */
  readonly around: Scope | undefined
  readonly startedAt: number
  /** Of running; Infinity while it is parked. */
  deadline: number
  /** Its place among the deadlines of its client. */
  place = -1

  constructor(
    readonly host: TransactionHost,
    readonly options: TxOptions & ReadOptions,
    /** It may write nothing, and begins with the log's tail. */
    readonly isReadOnly: boolean,
  ) {
    this.number = host.nextTransactionNumber()
    this.around = host.scopeAround()
    this.startedAt = host.platform.clock.now()
    this.deadline = this.startedAt + this.timeout
  }

  get id(): string | number {
    return this.options.id ?? this.number
  }

  /** What users call it: outcome(id) knows it. */
  get publicId(): string {
    return this.options.id ?? `${this.host.client}/${this.number}`
  }

  /** What it is called in errors. */
  get title(): string {
    return this.options.label ?? this.publicId
  }

  /** Whom a conflict with it is told to be with; undefined where nobody gave a name. */
  get author(): Author | undefined {
    const { host, options } = this
    const { label, id } = options
    if (label === undefined && id === undefined && host.options.name === undefined) return undefined
    return {
      id: this.publicId,
      client: host.options.name ?? host.client,
      ...(label === undefined ? undefined : { label }),
    }
  }

  get waitsForValues(): boolean {
    return (this.options.materialize ?? this.host.options.materialize) === 'wait'
  }

  get isSnapshotIsolated(): boolean {
    return this.options.isolation === 'snapshot'
  }

  /** How old its view may be, in ms. */
  get staleness(): number {
    return this.options.staleness ?? this.host.options.staleness
  }

  /** How long it may run, in ms. */
  get timeout(): number {
    return this.options.timeout ?? this.host.options.timeout
  }

  get maxAttempts(): number {
    return this.options.maxAttempts ?? Number.POSITIVE_INFINITY
  }
}
