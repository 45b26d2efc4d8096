import { Agents } from '../agent/agents.js'
import type { AgentHost } from '../agent/host.js'
import type { RefDefinition, RefKey } from '../api/definitions.js'
import type { Logger } from '../api/logger.js'
import { checkName } from '../api/names.js'
import type { EngineOptions, ReadOptions, TxOptions } from '../api/options.js'
import type { Awaitable, Tx } from '../api/transaction.js'
import { Atoms } from '../atom/atoms.js'
import type { AtomHost } from '../atom/host.js'
import { backoff } from '../commit/backoff.js'
import { Committer } from '../commit/committer.js'
import { Current } from '../commit/current.js'
import type { Flight } from '../commit/flight.js'
import type { Folds } from '../commit/folds.js'
import type { Homes } from '../commit/homes.js'
import { Ingest } from '../commit/ingest.js'
import { orAborted } from '../commit/or-aborted.js'
import { Overlay } from '../commit/overlay.js'
import type { Pending } from '../commit/pending.js'
import { Redo } from '../commit/redo.js'
import { Values } from '../commit/values.js'
import type { Primitives } from '../contracts/backend.js'
import type { Counter } from '../contracts/counter.js'
import { ClosedError, UnavailableError, usageError } from '../errors.js'
import type { LockHost } from '../lock/host.js'
import { Locks } from '../lock/locks.js'
import type { Platform, Timer } from '../platform/platform.js'
import type { LocalHandle } from '../reference/local-handle.js'
import type { RefHandle } from '../reference/ref-handle.js'
import { Watches } from '../reference/watches.js'
import { Replica } from '../replay/replica.js'
import type { Reports } from '../report/reports.js'
import type { Author } from '../state/version.js'
import { Contention } from '../transaction/contention.js'
import { Dosync } from '../transaction/dosync.js'
import type { Tracer, TransactionHost } from '../transaction/host.js'
import { Locals } from '../transaction/locals.js'
import type { Scope } from '../transaction/scope.js'
import type { Codec } from '../values/codec.js'
import type { AmbientContext } from './ambient.js'
import type { Coordination } from './coordinator.js'
import { Deadlines } from './deadlines.js'
import { Drained } from './drained.js'
import { healthOf } from './health.js'
import { Outcomes } from './outcomes.js'
import { Poller } from './poller.js'
import { Registry } from './registry.js'

export interface EngineParts {
  readonly client: string
  readonly platform: Platform
  readonly ambient: AmbientContext | undefined
  readonly options: EngineOptions
  readonly codec: Codec
  readonly folds: Folds
  readonly homes: Homes
  readonly coordination: Coordination
  readonly reports: Reports
  readonly logger: Logger | undefined
}

/** How long news may wait that nobody waits for, in ms. */
const NEWS_MS = 2

/** One client at work: its replica of a realm, and the transactions over it. */
export class Engine implements TransactionHost, AtomHost, LockHost, AgentHost {
  readonly client: string
  readonly platform: Platform
  readonly options: EngineOptions
  readonly codec: Codec
  readonly folds: Folds
  readonly reports: Reports
  readonly replica: Replica
  readonly overlay: Overlay
  readonly ingest: Ingest
  readonly committer: Committer
  readonly redo: Redo
  readonly locals = new Locals()
  readonly contention: Contention
  readonly watches: Watches
  readonly registry: Registry
  readonly atoms: Atoms
  readonly locks: Locks
  readonly agents: Agents
  readonly outcomes: Outcomes
  tracer: Tracer | undefined = undefined
  private readonly ambient: AmbientContext | undefined
  private readonly deadlines: Deadlines<Dosync<any>>
  private readonly poller: Poller
  private readonly stopped = new AbortController()
  private newsTimer: Timer | undefined = undefined
  private transactions = 0
  closed: ClosedError | undefined = undefined
  private readonly drained: Drained

  constructor(private readonly parts: EngineParts) {
    const { client, platform, options, homes, coordination, logger } = parts
    const { signal } = this.stopped
    this.client = client
    this.platform = platform
    this.options = options
    this.codec = parts.codec
    this.folds = parts.folds
    this.reports = parts.reports
    this.ambient = parts.ambient
    this.replica = new Replica(platform.hash, {
      ownJudged: (own, i, position, conflict) => {
        const pending = own.record.transactions[i] as Pending
        if (conflict === undefined) this.overlay.won(pending, position)
        else this.overlay.lost(pending, conflict)
      },
      otherWrote: (version) => {
        this.overlay.disturb()
        this.redo.seen(version)
      },
      unfolded: (version) => this.folds.add(version),
    })
    this.overlay = new Overlay({
      viewsBroken: (order) => this.doomViews(order),
      dropped: (pending) => this.committer.drop(pending),
      lastExistenceChange: ({ from, to }) => this.replica.window.lastExistenceChange(from, to, 0),
    })
    const failed = (error: unknown): void => this.fail(error)
    this.ingest = new Ingest({
      log: coordination.log,
      replica: this.replica,
      platform,
      signal,
      recognize: (bytes) => this.committer.recognize(bytes),
      applied: (own) => this.applied(own),
      failed,
      unreadable: (error) => this.reports.noticed(error, 'the log could not be read; it will be asked again'),
    })
    const current = new Current({ platform, signal, logger })
    this.redo = new Redo({ homes, current, platform, signal, logger, changed: () => this.healthChanged() })
    this.committer = new Committer({
      client,
      name: options.name,
      log: coordination.log,
      platform,
      replica: this.replica,
      overlay: this.overlay,
      ingest: this.ingest,
      values: new Values(coordination.log, homes, this.redo, current),
      signal,
      failed,
    })
    this.contention = new Contention(client, platform, coordination.lock)
    this.watches = new Watches(this)
    this.registry = new Registry(this, homes, coordination.values)
    this.atoms = new Atoms(this, homes, coordination.state, coordination.lock)
    this.locks = new Locks(this, parts.ambient !== undefined)
    this.agents = new Agents(this, () => this.drained.look())
    this.outcomes = new Outcomes(this.replica)
    this.deadlines = new Deadlines(platform)
    this.drained = new Drained(platform, () => this.deadlines.size === 0 && this.agents.areIdle)
    this.poller = new Poller(
      platform,
      signal,
      () => this.ingest.learnTail(),
      (error) => this.reports.noticed(error, 'the log could not be asked for its tail; it will be asked again'),
    )
  }

  // ---- calls

  dosync<R>(
    body: (tx: Tx) => Awaitable<R>,
    options: TxOptions & ReadOptions,
    isReadOnly: boolean,
    isLast = false,
  ): Promise<R> {
    return new Promise<R>((resolve, reject) => {
      if (this.closed === undefined || (isLast && !this.isStopped))
        new Dosync(this, body, options, isReadOnly, resolve, reject).start()
      else reject(this.closed)
    })
  }

  deref<T>(handle: RefHandle<T>, options: ReadOptions): Promise<T> {
    const tx = this.currentTx()
    return tx === undefined ? this.dosync((tx) => tx.get<T>(handle), options, true) : tx.get(handle)
  }

  get lockOf(): Primitives['lock'] | undefined {
    return this.parts.coordination.lock
  }

  counter(name: string): Counter {
    this.checkOpen()
    const { counter } = this.parts.coordination
    if (counter !== undefined) return counter(checkName('counter', name))
    throw usageError(
      'AVOUT_NO_COUNTER',
      `the coordinator has no counters: connect with { counter: … } to count ${name}`,
    )
  }

  currentTx(): Scope | undefined {
    return this.ambient?.scopeOf(this)
  }

  /**
   * News were pushed: read at once where somebody waits for them. Otherwise it is enough now and then, for fewer conflicts with
   * others: one's own appends are pushed as well, and bring what they missed.
   */
  pushed(): void {
    if (this.poller.isNeeded) this.readNews()
    else this.newsTimer ??= this.platform.setTimer(NEWS_MS, this.readNews)
  }

  private readonly readNews = (): void => {
    this.newsTimer?.cancel()
    this.newsTimer = undefined
    if (this.committer.inFlight > 0 || this.stopped.signal.aborted) return
    this.ingest
      .readOn()
      .catch((error: unknown) => this.reports.noticed(error, 'the log could not be read after a push'))
  }

  /** Refuses new work. Resolves when what runs has ended, at the latest after `ms`. */
  async drain(ms: number): Promise<void> {
    this.closed ??= new ClosedError()
    for (const dosync of this.running()) if (dosync.isParked) dosync.interrupt(this.closed)
    this.agents.stop(this.closed)
    await this.drained.within(ms)
    for (const dosync of this.running()) dosync.interrupt(this.closed)
  }

  /** Ends all work at once. */
  stop(reason: ClosedError): void {
    this.closed ??= reason
    for (const dosync of this.running()) dosync.interrupt(reason)
    this.agents.stop(reason)
    this.reports.end()
    this.stopped.abort(reason)
    this.deadlines.close()
    this.newsTimer?.cancel()
    this.contention.close()
    this.watches.close(reason)
  }

  /** Resolves when what is committed is stored, or `ms` have passed: the log has it in any case. */
  async finishValues(ms: number): Promise<void> {
    const late = new AbortController()
    const timer = this.platform.setTimer(ms, () =>
      late.abort(new Error('some values are not stored: the log has them')),
    )
    const [finished] = await Promise.allSettled([this.allStored(late.signal)])
    timer.cancel()
    if (finished.status === 'rejected') this.reports.noticed(finished.reason, 'closing')
  }

  private async allStored(signal: AbortSignal): Promise<void> {
    await orAborted(Promise.all([this.committer.settled(), this.atoms.settled()]), signal)
    await this.redo.finish(signal)
  }

  get stopSignal(): AbortSignal {
    return this.stopped.signal
  }

  get isStopped(): boolean {
    return this.stopped.signal.aborted
  }

  checkOpen(): void {
    if (this.closed !== undefined) throw this.closed
  }

  // ---- for transactions and references

  nextTransactionNumber(): number {
    return ++this.transactions
  }

  resolve(ref: RefKey<any>): RefHandle<any> | LocalHandle<any> {
    return this.registry.resolve(ref)
  }

  handleOf<T>(definition: RefDefinition<T>): RefHandle<T> {
    return this.registry.handle(definition)
  }

  learnTail(): Promise<number> {
    return this.ingest.learnTail()
  }

  scopeAround(): Scope | undefined {
    return this.ambient?.innermost()
  }

  enter<R>(scope: Scope, body: (tx: Scope) => R): R {
    return this.ambient === undefined ? body(scope) : this.ambient.run(scope, body)
  }

  began(dosync: Dosync<any>): void {
    this.deadlines.add(dosync)
  }

  deadlineMoved(dosync: Dosync<any>): void {
    this.deadlines.changed(dosync)
  }

  ended(dosync: Dosync<any>): void {
    this.deadlines.delete(dosync)
    this.drained.look()
  }

  gaveUp(dosync: Dosync<any>): void {
    this.outcomes.note(dosync.publicId, 'aborted')
  }

  lostSight(dosync: Dosync<any>): void {
    this.outcomes.note(dosync.publicId, 'unknown')
    dosync.pending?.follow((valid) => this.outcomes.note(dosync.publicId, valid ? 'committed' : 'aborted'))
  }

  authorOf(dosync: Dosync<any>): Author | undefined {
    const { label, id } = dosync.options
    if (label === undefined && id === undefined && this.options.name === undefined) return undefined
    return {
      id: dosync.publicId,
      client: this.options.name ?? this.client,
      ...(label === undefined ? undefined : { label }),
    }
  }

  async patiently<T>(load: () => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await load()
      } catch (error) {
        if (!UnavailableError.isInstance(error)) throw error
        await backoff(this.platform, attempt, this.stopped.signal)
      }
    }
  }

  keepPolling(): () => void {
    return this.poller.need()
  }

  flushWatches(): void {
    this.watches.flush()
  }

  healthChanged(): void {
    if (this.reports.has('health')) this.reports.tell('health', this.health())
  }

  health(): ReturnType<typeof healthOf> {
    return healthOf(this, this.parts.homes, this.isStopped)
  }

  // ---- inside

  /** An entry was applied whole: watches first, then those who committed it go on. */
  private applied(own: Flight | undefined): void {
    this.overlay.settle()
    this.folds.flush()
    this.watches.flush()
    this.committer.applied(own)
    this.overlay.settle()
    this.replica.forget(this.oldestView())
  }

  private oldestView(): number {
    let oldest = this.replica.position
    for (const dosync of this.deadlines.all) {
      if (dosync.isRunning && dosync.run.position < oldest) oldest = dosync.run.position
    }
    return oldest
  }

  private doomViews(order: number): void {
    for (const dosync of this.running()) if (dosync.run !== undefined && dosync.run.order >= order) dosync.run.doom()
  }

  private running(): Dosync<any>[] {
    return [...this.deadlines.all]
  }

  /** The log is not what it was, or not what this code can read: nobody goes on from there. */
  private fail(error: unknown): void {
    if (this.stopped.signal.aborted) return
    this.reports.clientFailed(error)
    this.stop(new ClosedError('this client has stopped: connect again', { cause: error }))
    this.healthChanged()
  }
}
