import { Agents } from '../agent/agents.js'
import type { AgentHost } from '../agent/host.js'
import type { RefDefinition, RefKey } from '../api/definitions.js'
import type { Logger } from '../api/logger.js'
import type { EngineOptions, ReadOptions, TxOptions } from '../api/options.js'
import type { Awaitable, Tx } from '../api/transaction.js'
import { Atoms } from '../atom/atoms.js'
import type { AtomHost } from '../atom/host.js'
import { Committer } from '../commit/committer.js'
import { Current } from '../commit/current.js'
import type { Flight } from '../commit/flight.js'
import type { Folds } from '../commit/folds.js'
import type { Homes } from '../commit/homes.js'
import { Ingest } from '../commit/ingest.js'
import { Overlay } from '../commit/overlay.js'
import type { Pending } from '../commit/pending.js'
import { Redo } from '../commit/redo.js'
import { Values } from '../commit/values.js'
import type { Primitives } from '../contracts/backend.js'
import type { Counter } from '../contracts/counter.js'
import { ClosedError } from '../errors.js'
import type { LockHost } from '../lock/host.js'
import { Locks } from '../lock/locks.js'
import type { Platform } from '../platform/platform.js'
import type { LocalHandle } from '../reference/local-handle.js'
import type { RefHandle } from '../reference/ref-handle.js'
import { Watches } from '../reference/watches.js'
import { Replica } from '../replay/replica.js'
import type { Reports } from '../report/reports.js'
import { Contention } from '../transaction/contention.js'
import { Dosync } from '../transaction/dosync.js'
import type { Tracer, TransactionHost } from '../transaction/host.js'
import { Locals } from '../transaction/locals.js'
import { Outcomes } from '../transaction/outcomes.js'
import { Running } from '../transaction/running.js'
import type { Scope } from '../transaction/scope.js'
import type { Codec } from '../values/codec.js'
import type { AmbientContext } from './ambient.js'
import { type Coordination, counterOf } from './coordinator.js'
import { Drained } from './drained.js'
import { healthOf } from './health.js'
import { News } from './news.js'
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
  readonly running: Running
  readonly drained: Drained
  readonly news: News
  tracer: Tracer | undefined = undefined
  private readonly ambient: AmbientContext | undefined
  private readonly stopped = new AbortController()
  private transactions = 0
  closed: ClosedError | undefined = undefined

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
      viewsBroken: (order) => this.running.doomViews(order),
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
    this.running = new Running(platform, () => this.drained.look())
    this.drained = new Drained(platform, () => this.running.isEmpty && this.agents.areIdle)
    this.news = new News({ platform, signal, ingest: this.ingest, committer: this.committer, reports: this.reports })
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
    return counterOf(this.parts.coordination, name)
  }

  currentTx(): Scope | undefined {
    return this.ambient?.scopeOf(this)
  }

  /** Takes no new work from now on; answers why. */
  refuseWork(reason: ClosedError): ClosedError {
    this.closed ??= reason
    return this.closed
  }

  /** Ends all work at once. */
  stop(reason: ClosedError): void {
    this.refuseWork(reason)
    this.running.interrupt(reason)
    this.agents.stop(reason)
    this.reports.end()
    this.stopped.abort(reason)
    this.running.close()
    this.news.close()
    this.contention.close()
    this.watches.close(reason)
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

  keepPolling(): () => void {
    return this.news.keepPolling()
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
    this.replica.forget(this.running.oldestView(this.replica.position))
  }

  /** The log is not what it was, or not what this code can read: nobody goes on from there. */
  private fail(error: unknown): void {
    if (this.stopped.signal.aborted) return
    this.reports.clientFailed(error)
    this.stop(new ClosedError('this client has stopped: connect again', { cause: error }))
    this.healthChanged()
  }
}
