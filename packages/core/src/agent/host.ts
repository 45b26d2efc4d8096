import type { RefDefinition } from '../api/definitions.js'
import type { EngineOptions, ReadOptions, TxOptions } from '../api/options.js'
import type { Awaitable, Tx } from '../api/transaction.js'
import type { Primitives } from '../contracts/backend.js'
import type { ReferenceHost } from '../reference/host.js'
import type { RefHandle } from '../reference/ref-handle.js'

/** What agents need of the client that they belong to. */
export interface AgentHost extends ReferenceHost {
  readonly client: string
  readonly options: EngineOptions
  /** Undefined where the coordinator has no locks. */
  readonly lockOf: Primitives['lock'] | undefined
  handleOf<T>(definition: RefDefinition<T>): RefHandle<T>
  /** `isLast`: also while the client closes, as long as it can. */
  dosync<R>(
    body: (tx: Tx) => Awaitable<R>,
    options: TxOptions & ReadOptions,
    isReadOnly: boolean,
    isLast?: boolean,
  ): Promise<R>
  /** Replays all that was committed before the call. */
  learnTail(): Promise<unknown>
}
