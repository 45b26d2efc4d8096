import type { RefKey } from '../api/definitions.js'
import type { EngineOptions } from '../api/options.js'
import type { Committer } from '../commit/committer.js'
import type { Ingest } from '../commit/ingest.js'
import type { Overlay } from '../commit/overlay.js'
import type { Platform } from '../platform/platform.js'
import type { LocalHandle } from '../reference/local-handle.js'
import type { RefHandle } from '../reference/ref-handle.js'
import type { Replica } from '../replay/replica.js'
import type { Reports } from '../report/reports.js'
import type { Codec } from '../values/codec.js'
import type { Contention } from './contention.js'
import type { Locals } from './locals.js'
import type { Outcomes } from './outcomes.js'
import type { Run } from './run.js'
import type { Running } from './running.js'
import type { Scope } from './scope.js'

/** Told of runs, for tests. */
export interface Tracer {
  begins(run: Run): void
  ended(id: string, run: Run): void
}

/** What transactions need of the client that they belong to. */
export interface TransactionHost {
  readonly client: string
  readonly platform: Platform
  readonly options: EngineOptions
  readonly codec: Codec
  readonly replica: Replica
  readonly overlay: Overlay
  readonly ingest: Ingest
  readonly committer: Committer
  readonly locals: Locals
  readonly contention: Contention
  readonly running: Running
  readonly outcomes: Outcomes
  readonly reports: Reports
  readonly tracer: Tracer | undefined
  /** Why it takes no new work; undefined while it does. */
  readonly closed: unknown
  nextTransactionNumber(): number
  resolve(ref: RefKey<any>): RefHandle<any> | LocalHandle<any>
  /** The open scope that this is called in, of whichever client. */
  scopeAround(): Scope | undefined
  /** Runs a body where an inner dosync, or a deref, finds its scope. */
  enter<R>(scope: Scope, body: (tx: Scope) => R): R
  /** Keeps the client asking for news until the answer is called. */
  keepPolling(): () => void
  /** Tells watches of what was just written. */
  flushWatches(): void
}
