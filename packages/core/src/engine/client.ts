import { type Agent, type AgentDefinition, defineAgent, type Handlers } from '../api/agent.js'
import type { Atom, AtomOptions } from '../api/atom.js'
import type { Avout, Events, Health, RefInfo } from '../api/avout.js'
import {
  type AnyRefOptions,
  defineFamily,
  defineRef,
  type FamilyDefinition,
  type RefDefinition,
} from '../api/definitions.js'
import type { HeldLock, Lock, LockOptions, ReadWriteLock } from '../api/lock.js'
import { checkReadOptions, checkTxOptions, type ReadOptions, type TxOptions } from '../api/options.js'
import type { Family, LocalRef, Ref } from '../api/reference.js'
import type { Awaitable, Range, Reader, Tx } from '../api/transaction.js'
import type { Homes } from '../commit/homes.js'
import { orAborted } from '../commit/or-aborted.js'
import type { Counter } from '../contracts/counter.js'
import { usageError } from '../errors.js'
import { familyHandle } from '../reference/family-handle.js'
import { endOf } from '../transaction/scan.js'
import { close } from './closing.js'
import type { Engine } from './engine.js'

/** The face of a client. */
export class Client implements Avout {
  private closing: Promise<void> | undefined = undefined

  constructor(
    readonly engine: Engine,
    private readonly homes: Homes,
    private readonly subscription: AsyncDisposable,
  ) {}

  get realm(): string {
    return this.engine.options.realm
  }

  ref(nameOrDefinition: string | RefDefinition<any>, initial?: unknown, options?: AnyRefOptions): Ref<any> {
    if (typeof nameOrDefinition !== 'string') return this.engine.registry.handle(nameOrDefinition)
    return this.engine.registry.handle(defineRef(nameOrDefinition, initial as NonNullable<unknown>, options))
  }

  family(prefixOrDefinition: string | FamilyDefinition<any>, initial?: unknown, options?: AnyRefOptions): Family<any> {
    const definition =
      typeof prefixOrDefinition === 'string'
        ? defineFamily(prefixOrDefinition, initial as NonNullable<unknown>, options)
        : prefixOrDefinition
    return familyHandle(this.engine, this.engine.registry, definition)
  }

  localRef<T>(initial: T, options: { name?: string } = {}): LocalRef<T> {
    return this.engine.registry.local(initial, options.name)
  }

  atom<T>(name: string, initial: T, options?: AtomOptions<T>): Atom<T> {
    return this.engine.atoms.handle(name, initial, options)
  }

  agent(
    nameOrDefinition: string | AgentDefinition<any, any>,
    initial?: unknown,
    handlers?: Handlers<any>,
  ): Agent<any, any> {
    if (typeof nameOrDefinition !== 'string') return this.engine.agents.handle(nameOrDefinition)
    const definition = defineAgent(nameOrDefinition, initial as NonNullable<unknown>, handlers as Handlers<any>)
    return this.engine.agents.handle(definition)
  }

  counter(name: string): Counter {
    return this.engine.counter(name)
  }

  lock(name: string, options?: { recorded?: boolean | undefined }): Lock {
    return this.engine.locks.lock(name, options)
  }

  readWriteLock(name: string, options?: { recorded?: boolean | undefined }): ReadWriteLock {
    return this.engine.locks.readWriteLock(name, options)
  }

  withLocks<R>(
    locks: readonly Lock[],
    body: (held: readonly HeldLock[]) => Awaitable<R>,
    options?: LockOptions,
  ): Promise<R> {
    return this.engine.locks.withLocks(locks, body, options)
  }

  dosync<R>(body: (tx: Tx) => Awaitable<R>, options?: TxOptions): Promise<R> {
    try {
      checkBody('dosync', body)
      if (options !== undefined) checkTxOptions(options)
      const outer = this.engine.currentTx()
      return outer === undefined ? this.engine.dosync(body, options ?? NO_OPTIONS, false) : outer.dosync(body)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  read<R>(body: (tx: Reader) => Awaitable<R>, options?: ReadOptions): Promise<R> {
    try {
      checkBody('read', body)
      if (options !== undefined) checkReadOptions(options)
      const outer = this.engine.currentTx()
      return outer === undefined ? this.engine.dosync(body, options ?? NO_OPTIONS, true) : outer.dosync(body)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  currentTx(): Tx | undefined {
    return this.engine.currentTx()
  }

  async *list(range: Range = {}): AsyncIterable<RefInfo> {
    this.engine.checkOpen()
    const { prefix = '', after = '', limit = Number.POSITIVE_INFINITY } = range
    await this.engine.ingest.learnTail()
    let left = limit
    for (const { name, head } of this.engine.replica.states.between(prefix, endOf(prefix))) {
      if (!head.exists || name <= after || (name.startsWith('~') && !prefix.startsWith('~'))) continue
      if (left-- <= 0) return
      yield { name, in: head.home, version: head.id, position: head.position }
    }
  }

  async outcome(id: string): Promise<'committed' | 'aborted' | 'unknown'> {
    this.engine.checkOpen()
    await this.engine.ingest.learnTail()
    return this.engine.outcomes.of(id)
  }

  async health(): Promise<Health> {
    return this.engine.health()
  }

  on<E extends keyof Events>(event: E, listener: (payload: Events[E]) => void): Disposable {
    return this.engine.reports.on(event, listener)
  }

  async flush(options: { signal?: AbortSignal | undefined } = {}): Promise<void> {
    this.engine.checkOpen()
    await orAborted(this.engine.committer.settled(), options.signal)
    await this.engine.ingest.learnTail()
    await this.engine.redo.flush(options.signal)
  }

  close(options: { drain?: number } = {}): Promise<void> {
    this.closing ??= close(this.engine, this.homes, this.subscription, options.drain ?? DRAIN_MS)
    return this.closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

const NO_OPTIONS: TxOptions & ReadOptions = {}

/** How long closing waits for what runs, in ms. */
const DRAIN_MS = 10_000

function checkBody(call: string, body: unknown): void {
  if (typeof body === 'function') return
  throw usageError(
    'AVOUT_BODY',
    `${call} takes a function of the transaction, not ${body === null ? 'null' : typeof body}`,
  )
}
