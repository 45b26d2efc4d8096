import type { ReadOptions } from '../api/options.js'
import type { Tx } from '../api/transaction.js'
import type { Folds } from '../commit/folds.js'
import type { Platform } from '../platform/platform.js'
import type { Replica } from '../replay/replica.js'
import type { Reports } from '../report/reports.js'
import type { Codec } from '../values/codec.js'
import type { RefHandle } from './ref-handle.js'
import type { Watches } from './watches.js'

/** What references need of the client that they belong to. */
export interface ReferenceHost {
  readonly platform: Platform
  readonly codec: Codec
  readonly folds: Folds
  readonly replica: Replica
  readonly watches: Watches
  readonly reports: Reports
  /** Aborts when the client ends. */
  readonly stopSignal: AbortSignal
  deref<T>(handle: RefHandle<T>, options: ReadOptions): Promise<T>
  /** The transaction that this is called in, if there is one. */
  currentTx(): Tx | undefined
  /** Keeps the client asking for news until the answer is called. */
  keepPolling(): () => void
  /** Throws `ClosedError` for a client that takes no new work. */
  checkOpen(): void
}
