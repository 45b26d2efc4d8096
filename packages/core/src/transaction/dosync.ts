import type { ReadOptions, TxOptions } from '../api/options.js'
import type { Awaitable, Tx } from '../api/transaction.js'
import type { Pending, PendingOwner } from '../commit/pending.js'
import { OutcomeUnknownError } from '../errors.js'
import type { Conflict } from '../replay/verdict.js'
import type { RefState } from '../state/ref-state.js'
import { type Outcome, runBody } from './body.js'
import { Call } from './call.js'
import { callAfterAbort, callAfterCommit } from './callbacks.js'
import { Claims } from './claims.js'
import { commit } from './commit.js'
import { confirm } from './confirm.js'
import { conflictError, refusedError, timeoutError, unknownError } from './failures.js'
import type { TransactionHost } from './host.js'
import type { HeldLocals } from './locals.js'
import { park } from './park.js'
import { Run } from './run.js'
import { Scope } from './scope.js'
import { tellCommitted, tellConflicted } from './told.js'
import { Turn } from './turn.js'

/** So often it is sent again at once; then it pauses, or two clients could overtake each other for ever. */
const LOSSES_IN_A_ROW = 3

/** The view was overtaken while the body ran. */
const RUN_DOOMED: Conflict = { on: '', rival: undefined }

/** What becomes of one call of dosync, over all the runs that its body takes. */
export class Dosync<R> extends Call implements PendingOwner {
  run: Run
  scope: Scope
  /** Runs that came to nothing because of others. */
  conflicts = 0
  /** Records that carried it in vain. */
  private losses = 0
  conflict: Conflict | undefined = undefined
  /** The ref, or the beginning of the range, that a conflict was last on; empty where none was. */
  contested = ''
  /** Its transaction in a record, while that has no verdict. */
  pending: Pending | undefined = undefined
  turn: Turn | undefined = undefined
  claims: Claims | undefined = undefined
  heldLocals: HeldLocals | undefined = undefined
  private done = false
  /** While it is parked: what ends that. */
  wake: (() => void) | undefined = undefined
  private outcome: Outcome | undefined = undefined
  private runs = 0
  private position = 0
  private isCommitted = false
  private isConcluded = false

  constructor(
    host: TransactionHost,
    private readonly body: (tx: Tx) => Awaitable<R>,
    options: TxOptions & ReadOptions,
    isReadOnly: boolean,
    private readonly resolve: (value: R) => void,
    private readonly reject: (error: unknown) => void,
  ) {
    super(host, options, isReadOnly)
    this.run = undefined as never // set by the first begin(), before anybody can look
    this.scope = undefined as never
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
    runBody(this, this.scope, this.body)
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
    else {
      this.turn ??= new Turn(this)
      this.turn.wait(() => this.begin(false, true))
    }
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
      if ('error' in outcome) return this.fail(outcome.error)
      callAfterCommit(this, this.host.replica.position)
      this.succeed(outcome.value as R)
    })
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
    if (conflict.isRefused) return this.later(() => this.fail(refusedError(this, conflict.on)))
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
    callAfterCommit(this, position)
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
    return this.conflicts >= this.maxAttempts
  }

  fail(error: unknown): void {
    if (!this.end()) return
    if (!OutcomeUnknownError.isInstance(error)) this.host.outcomes.note(this.publicId, 'aborted')
    callAfterAbort(this, error)
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
      return this.fail(unknownError(this, reason))
    }
    this.fail(reason)
    if (pending !== undefined) this.host.committer.withdraw(pending, { on: '', rival: undefined })
  }

  timedOut(): void {
    const isContended = this.conflicts > 0 && this.pending === undefined
    this.interrupt(isContended ? conflictError(this) : timeoutError(this))
  }

  private noteConflict(conflict: Conflict): void {
    this.conflict = conflict
    if (conflict.on !== '') this.contested = conflict.on
  }

  /** The body has ended, and so has all that it began. */
  decide(scope: Scope, outcome: Outcome): void {
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

  releaseTurn(): void {
    this.turn?.release()
    this.turn = undefined
  }

  /** Calls `then` when this client's operations on a ref have their verdicts, and holds back further ones until it has committed. */
  awaitOperations(state: RefState, then: () => void): void {
    this.claims ??= new Claims(this)
    this.claims.await(state, then)
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
}
