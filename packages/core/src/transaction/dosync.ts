import type { ReadOptions, TxOptions } from '../api/options.js'
import type { Awaitable, Tx } from '../api/transaction.js'
import { refusal } from '../commit/folds.js'
import type { Pending, PendingOwner } from '../commit/pending.js'
import { OutcomeUnknownError, UnavailableError } from '../errors.js'
import type { Conflict } from '../replay/verdict.js'
import type { Step } from '../state/made.js'
import type { RefState } from '../state/ref-state.js'
import type { Author } from '../state/version.js'
import { Claims } from './claims.js'
import { commit } from './commit.js'
import { confirm } from './confirm.js'
import { conflictError } from './conflict.js'
import type { TransactionHost } from './host.js'
import type { HeldLocals } from './locals.js'
import { park } from './park.js'
import { Run } from './run.js'
import { Scope } from './scope.js'
import { tellCommitted, tellConflicted } from './told.js'
import { Turn } from './turn.js'

const NO_REFS: readonly string[] = []

/** So often it is sent again at once; then it pauses, or two clients could overtake each other for ever. */
const LOSSES_IN_A_ROW = 3

/** The view was overtaken while the body ran. */
const RUN_DOOMED: Conflict = { on: '', rival: undefined }

/** What a body came to: its value, or what it threw. */
export type Outcome = { readonly value: unknown } | { readonly error: unknown }

/** One call of dosync, over all the runs that its body takes. */
export class Dosync<R> implements PendingOwner {
  /** The number that stands for it in its record, where the user gave no id. */
  readonly number: number
  /** Of running; Infinity while it is parked. */
  deadline: number
  place = -1
  run: Run
  scope: Scope
  /** Runs that came to nothing because of others. */
  conflicts = 0
  /** Records that carried it in vain. */
  private losses = 0
  conflict: Conflict | undefined = undefined
  refs: readonly string[] = NO_REFS
  /** Its transaction in a record, while that has no verdict. */
  pending: Pending | undefined = undefined
  turn: Turn | undefined = undefined
  claims: Claims | undefined = undefined
  heldLocals: HeldLocals | undefined = undefined
  /** The scope of another client's body that this was called in, if it was: runs are begun from anywhere. */
  readonly around: Scope | undefined
  private done = false
  /** While it is parked: what stops that, and the running time that is left, in ms. */
  private wake: (() => void) | undefined = undefined
  private remaining = 0
  private outcome: Outcome | undefined = undefined
  private runs = 0
  private position = 0
  private isCommitted = false
  private isConcluded = false
  readonly startedAt: number

  constructor(
    readonly host: TransactionHost,
    private readonly body: (tx: Tx) => Awaitable<R>,
    readonly options: TxOptions & ReadOptions,
    /** It may write nothing, and begins with the log's tail. */
    readonly isReadOnly: boolean,
    private readonly resolve: (value: R) => void,
    private readonly reject: (error: unknown) => void,
  ) {
    this.number = host.nextTransactionNumber()
    this.around = host.scopeAround()
    this.startedAt = host.platform.clock.now()
    this.deadline = this.startedAt + (options.timeout ?? host.options.timeout)
    this.run = undefined as never // set by the first begin(), before anybody can look
    this.scope = undefined as never
  }

  get id(): string | number {
    return this.options.id ?? this.number
  }

  /** What users call it: outcome(id) knows it. */
  get publicId(): string {
    return this.options.id ?? `${this.host.client}/${this.number}`
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

  get isDone(): boolean {
    return this.done
  }

  /** Its body is running: it may ask for more of its view. */
  get isRunning(): boolean {
    return this.scope?.isOpen === true
  }

  get isParked(): boolean {
    return this.wake !== undefined
  }

  get isSnapshotIsolated(): boolean {
    return this.options.isolation === 'snapshot'
  }

  start(): void {
    if (this.options.signal?.aborted) {
      this.fail(this.options.signal.reason)
      return
    }
    this.host.running.add(this)
    this.options.signal?.addEventListener('abort', this.aborted, { once: true })
    if (this.isOutOfAttempts) this.giveUp()
    else if (this.isReadOnly || this.isSnapshotIsolated) this.beginReading()
    else this.begin(false, true)
  }

  private beginReading(): void {
    if (this.host.ingest.isFresh(this.staleness)) this.begin(true, false)
    else this.beginFresh()
  }

  private get staleness(): number {
    return this.options.staleness ?? this.host.options.staleness
  }

  /** Begins a run. *Fresh*: the tail was learned for it. *Speculative*: its view holds what is in flight. */
  begin(fresh: boolean, speculative: boolean): void {
    if (this.done) return
    const { host } = this
    const order = speculative ? host.overlay.lastOrder : 0
    this.run = new Run(host.replica.position, order, host.locals.moment, ++this.runs)
    this.run.fresh = fresh || host.ingest.isFresh(this.staleness)
    this.scope = new Scope(this, this.run, undefined)
    host.tracer?.begins(this.run)
    this.claims?.watch()
    const { scope } = this
    let result: Awaitable<R>
    try {
      result = host.enter(scope, this.body)
    } catch (error) {
      this.ended(scope, { error })
      return
    }
    if (isThenable(result)) {
      result.then(
        (value) => this.ended(scope, { value }),
        (error: unknown) => this.ended(scope, { error }),
      )
    } else this.ended(scope, { value: result })
  }

  /** Begins a run that sees only what is replayed, after learning the tail. */
  beginFresh(): void {
    this.host.ingest.learnTail().then(
      () => this.begin(true, false),
      (error: unknown) => this.fail(error),
    )
  }

  /** The run came to nothing because of others: once more, unless patience has an end. */
  again(conflict: Conflict | undefined): void {
    if (this.done) return
    if (conflict !== undefined) this.met(conflict)
    if (this.isOutOfAttempts) return this.giveUp()
    const held = this.run.heldBack
    const { blockedOn } = this.run
    if (held !== undefined && !held.isFree(this.scope.buffer.locals?.has(held) ?? false)) {
      void held.released().then(() => this.again(undefined))
    } else if (blockedOn?.operating?.isBusy) {
      this.awaitOperations(blockedOn, () => this.again(undefined))
    } else if (this.isReadOnly) this.beginFresh()
    else if (conflict === undefined) this.begin(false, true)
    else this.waitForTurn()
  }

  /** Does what may run user code, or begin a run, in a later microtask: this may be called while the log is replayed. */
  later(task: () => void): void {
    void Promise.resolve().then(task)
  }

  /** What it read was found to hold: that is its result, whatever comes now. */
  conclude(outcome: Outcome): void {
    this.isConcluded = true
    this.later(() => {
      this.host.flushWatches()
      this.finish(outcome)
    })
  }

  private finish(outcome: Outcome): void {
    if ('error' in outcome) return this.fail(outcome.error)
    this.callBack(this.host.replica.position)
    this.succeed(outcome.value as R)
  }

  /** The body's result, for when its transaction has committed. */
  committing(pending: Pending, outcome: Outcome): void {
    this.pending = pending
    this.outcome = outcome
  }

  won(position: number): void {
    this.pending = undefined
    this.position = position
    this.isCommitted = true
    this.host.locals.release(this, true)
  }

  lost(pending: Pending, conflict: Conflict): void {
    this.pending = undefined
    this.host.locals.release(this, false)
    if (this.done) return
    if (conflict.error !== undefined) return this.later(() => this.fail(conflict.error))
    if (conflict.isRefused) return this.later(() => this.fail(refusal(conflict.on, this.stepsOn(conflict.on))))
    this.noteConflict(conflict)
    const { outcome } = this
    // Its record may have overtaken one that it stands on: sent again before that one lands, it would be lost again.
    this.host.overlay.followAll(pending.standsOn(), () => {
      // What only commutes have met runs again alone: the commit looks at the rest once more, when the entry is applied whole.
      const once = (): void => commit(this, outcome as Outcome)
      if (++this.losses <= LOSSES_IN_A_ROW) this.later(once)
      else void this.host.contention.backOff(this.losses - LOSSES_IN_A_ROW).then(once)
    })
  }

  /** Committed, its watches told, its values stored as far as it waits for that. */
  landed(): void {
    if (this.done) return
    const { position } = this
    this.callBack(position)
    tellCommitted(this, position)
    this.succeed((this.outcome as { value: R }).value)
  }

  /** A run was lost to another transaction. */
  met(conflict: Conflict): void {
    this.conflicts++
    this.noteConflict(conflict)
    tellConflicted(this)
  }

  get isOutOfAttempts(): boolean {
    return this.conflicts >= (this.options.maxAttempts ?? Number.POSITIVE_INFINITY)
  }

  fail(error: unknown): void {
    if (!this.end()) return
    if (!OutcomeUnknownError.isInstance(error)) this.host.outcomes.note(this.publicId, 'aborted')
    for (const f of this.scope?.onAbort ?? []) this.guarded(() => f(error))
    this.reject(error)
  }

  giveUp(): void {
    this.fail(conflictError(this))
  }

  /** Ended from outside: by its signal, its deadline, or the closing of its client. */
  interrupt(reason: unknown): void {
    if (this.done || this.isConcluded) return
    if (this.isCommitted) return this.landed()
    const { pending } = this
    if (pending?.sent) {
      this.host.outcomes.lostSight(this.publicId, pending)
      const message = `it is not known whether ${this.publicId} was committed: its record was sent, and nobody waits for the verdict any more`
      return this.fail(new OutcomeUnknownError(message, this.publicId, { cause: reason }))
    }
    this.fail(reason)
    if (pending !== undefined) this.host.committer.withdraw(pending, { on: '', rival: undefined })
  }

  timedOut(): void {
    const limit = this.options.timeout ?? this.host.options.timeout
    if (this.conflicts > 0 && this.pending === undefined) return this.interrupt(conflictError(this))
    const what = this.options.label ?? this.publicId
    this.interrupt(
      new UnavailableError(`${what} did not end within ${limit} ms of running: ${this.whatItDid()}`, '', {
        code: 'AVOUT_TIMEOUT',
      }),
    )
  }

  private noteConflict(conflict: Conflict): void {
    this.conflict = conflict
    if (conflict.on !== '') this.refs = [conflict.on]
  }

  private ended(scope: Scope, outcome: Outcome): void {
    if (scope.operations.areBusy) void scope.operations.settled().then(() => this.decide(scope, outcome))
    else this.decide(scope, outcome)
  }

  private decide(scope: Scope, outcome: Outcome): void {
    scope.end()
    this.host.tracer?.ended(this.publicId, this.run)
    if (this.done) return
    const { doomed, heldBack, blockedOn } = this.run
    if (doomed) return this.again(heldBack === undefined && blockedOn === undefined ? RUN_DOOMED : undefined)
    if (scope.retried) return park(this)
    const result = scope.operations.failure !== undefined && !('error' in outcome) ? scope.operations.failure : outcome
    if ('error' in result || scope.isEmpty) return confirm(this, result)
    commit(this, result)
  }

  /** Sleeps in retry(): its time stands still. `wake` ends that. */
  parked(wake: () => void): void {
    this.remaining = this.deadline - this.host.platform.clock.now()
    this.deadline = Number.POSITIVE_INFINITY
    this.wake = wake
  }

  unparked(): void {
    this.wake = undefined
    if (this.done) return
    this.deadline = this.host.platform.clock.now() + this.remaining
    this.host.running.deadlineMoved(this)
    this.later(() => this.begin(false, true))
  }

  private waitForTurn(): void {
    this.turn ??= new Turn(this)
    this.turn.wait(() => this.begin(false, true))
  }

  releaseTurn(): void {
    this.turn?.release()
    this.turn = undefined
  }

  /** Calls `then` when this client's operations on a ref have their verdicts, and holds back further ones until it has committed. */
  awaitOperations(state: RefState, then: () => void): void {
    this.claims ??= new Claims(this)
    this.claims.await(state, then)
  }

  private stepsOn(ref: string): readonly Step[] {
    return this.scope.buffer.writes.items.find(({ state }) => state.name === ref)?.steps ?? []
  }

  private callBack(position: number): void {
    for (const f of this.scope.onCommit) this.guarded(() => f({ id: this.publicId, position }))
  }

  /** The transaction is over: what a callback throws is told of, and changes nothing. */
  private guarded(callback: () => void): void {
    try {
      callback()
    } catch (error) {
      this.host.reports.noticed(error, 'a callback of a transaction threw')
    }
  }

  private succeed(value: R): void {
    if (this.end()) this.resolve(value)
  }

  private end(): boolean {
    if (this.done) return false
    this.done = true
    this.wake?.()
    this.run?.doom()
    this.releaseTurn()
    this.claims?.release()
    this.options.signal?.removeEventListener('abort', this.aborted)
    this.host.running.delete(this)
    return true
  }

  private readonly aborted = (): void => this.interrupt(this.options.signal?.reason)

  private whatItDid(): string {
    if (this.pending !== undefined) return 'its record is waiting to be sent'
    return 'its body was running'
  }
}

function isThenable<T>(value: Awaitable<T>): value is PromiseLike<T> {
  return typeof (value as PromiseLike<T> | null | undefined)?.then === 'function'
}
