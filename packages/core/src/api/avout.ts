import type { BackendState } from '../contracts/backend.js'
import type { Counter } from '../contracts/counter.js'
import type { ConflictError, LogDivergedError } from '../errors.js'
import type { StandardSchemaV1 } from '../standard-schema.js'
import type { Agent, AgentDefinition, Handlers } from './agent.js'
import type { Atom, AtomOptions } from './atom.js'
import type { FamilyDefinition, RefDefinition, RefOptions, SchemaOptions, Value } from './definitions.js'
import type { HeldLock, Lock, LockOptions, ReadWriteLock } from './lock.js'
import type { Options, ReadOptions, TxOptions } from './options.js'
import type { Family, LocalRef, Ref } from './reference.js'
import type { Awaitable, Range, Reader, Tx } from './transaction.js'

export interface RefInfo {
  readonly name: string
  /** The id of the backend that its values live in. */
  readonly in: string
  readonly version: string
  readonly position: number
}

export interface Health {
  /** Every backend answers, and this client can go on. */
  readonly ok: boolean
  /** The last position replayed. */
  readonly position: number
  /** Entries known to exist and not replayed yet. */
  readonly lag: number
  readonly backends: Readonly<Record<string, { state: BackendState; redoBacklog: number; error?: unknown }>>
}

export interface Events {
  health: Health
  conflict: ConflictError
  commit: { id: string; label?: string; position: number; attempts: number; ms: number }
  diverged: LogDivergedError
  watchError: { name: string; error: unknown }
  /** An action of an agent failed in this process; `id` is its idempotency key. */
  agentError: { name: string; action: string; id: string; error: unknown }
}

/** One client of a realm. */
export interface Avout extends AsyncDisposable {
  readonly realm: string
  /** Declares a ref: no round trip. One handle a name; another home or initial value for it is a TypeError. */
  ref<T>(definition: RefDefinition<T>): Ref<T>
  ref<S extends StandardSchemaV1>(
    name: string,
    initial: StandardSchemaV1.InferOutput<S>,
    options: SchemaOptions<S>,
  ): Ref<StandardSchemaV1.InferOutput<S>>
  ref<T>(name: string, initial: T & Value, options?: RefOptions<NoInfer<T>>): Ref<T>
  family<T>(definition: FamilyDefinition<T>): Family<T>
  family<S extends StandardSchemaV1>(
    prefix: string,
    initial: StandardSchemaV1.InferOutput<S>,
    options: SchemaOptions<S>,
  ): Family<StandardSchemaV1.InferOutput<S>>
  family<T>(prefix: string, initial: T & Value, options?: RefOptions<NoInfer<T>>): Family<T>
  /** A ref of this process only: not encoded, not frozen, undefined too. */
  localRef<T>(initial: T, options?: { name?: string }): LocalRef<T>
  /** Declares an atom: no round trip. One handle a name; another home or initial value for it is a TypeError. */
  atom<T>(name: string, initial: T & Value, options?: AtomOptions<NoInfer<T>>): Atom<T>
  /** Declares an agent: no round trip. One handle a name; another initial state or other actions for it are a TypeError. */
  agent<S, H extends Handlers<S>>(definition: AgentDefinition<S, H>): Agent<S, H>
  agent<S, H extends Handlers<S>>(name: string, initial: S & Value, handlers: H): Agent<S, H>
  /** A shared counter: `next(n)` raises it by n (1) and answers its new value. Numbers are given once; there may be gaps. */
  counter(name: string): Counter
  /** `recorded`: its grants go through the log, one append each, so that `tx.requires` can check them. */
  lock(name: string, options?: Options<{ recorded: boolean }>): Lock
  readWriteLock(name: string, options?: Options<{ recorded: boolean }>): ReadWriteLock
  /** Runs the body while it holds all of them. They are taken in the order of their names: nobody waits in a circle. */
  withLocks<R>(
    locks: readonly Lock[],
    body: (held: readonly HeldLock[]) => Awaitable<R>,
    options?: LockOptions,
  ): Promise<R>
  /**
   * Runs the body as one transaction: all of it is committed at one moment, or nothing. It may run more than once, always on
   * a consistent view. Rejects with what the body threw, if what it had read still holds; with ConflictError, ValidationError,
   * ValueError, UnavailableError, ClosedError or `signal.reason`, and then nothing was committed; or with OutcomeUnknownError.
   */
  dosync<R>(body: (tx: Tx) => Awaitable<R>, options?: TxOptions): Promise<R>
  /** One consistent snapshot; appends nothing. */
  read<R>(body: (tx: Reader) => Awaitable<R>, options?: ReadOptions): Promise<R>
  /** The transaction whose body this is called in. */
  currentTx(): Tx | undefined
  /** The refs there are, by name. */
  list(options?: Range): AsyncIterable<RefInfo>
  /** Whether a transaction was committed, as long as the window remembers. 'unknown' is an answer, not a failure. */
  outcome(id: string): Promise<'committed' | 'aborted' | 'unknown'>
  health(): Promise<Health>
  on<E extends keyof Events>(event: E, listener: (payload: Events[E]) => void): Disposable
  /** Resolves when what is committed is in its containers. */
  flush(options?: Options<{ signal: AbortSignal }>): Promise<void>
  /** Refuses new work, lets what runs end for `drain` ms (10,000), wakes parked ones with ClosedError, aborts the handlers of agents, releases locks, flushes, ends its backend sessions. */
  close(options?: { drain?: number }): Promise<void>
}
