import type { EngineOptions, ReadOptions, TxOptions } from '../api/options.js'
import type { Awaitable, Tx } from '../api/transaction.js'
import type { Primitives } from '../contracts/backend.js'
import type { Platform } from '../platform/platform.js'
import type { Reports } from '../report/reports.js'

/** What locks need of the client that they belong to. */
export interface LockHost {
  readonly client: string
  readonly platform: Platform
  readonly options: EngineOptions
  readonly reports: Reports
  /** Undefined where the coordinator has no locks. */
  readonly lockOf: Primitives['lock'] | undefined
  checkOpen(): void
  dosync<R>(body: (tx: Tx) => Awaitable<R>, options: TxOptions & ReadOptions, isReadOnly: boolean): Promise<R>
}
