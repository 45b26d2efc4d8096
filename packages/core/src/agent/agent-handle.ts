import {
  type ActionOf,
  type Agent,
  type AgentDefinition,
  type ArgOf,
  declaredAgent,
  type Handlers,
  type RunOptions,
} from '../api/agent.js'
import type { Validator } from '../api/definitions.js'
import { checkRestartOptions, checkRunOptions, type ReadOptions } from '../api/options.js'
import type { Change } from '../api/reference.js'
import type { Awaitable, Tx } from '../api/transaction.js'
import { AvoutError } from '../errors.js'
import type { Watch } from '../reference/watch-list.js'
import { AgentRefs } from './agent-refs.js'
import { failureError } from './failure.js'
import type { AgentHost } from './host.js'
import { settled } from './settled.js'

/** An agent of one client. */
export class AgentHandle<S, H extends Handlers<S>> implements Agent<S, H> {
  readonly kind = 'agent'
  readonly name: string
  readonly refs: AgentRefs<S>
  handlers: H

  constructor(
    readonly host: AgentHost,
    definition: AgentDefinition<S, H>,
    private readonly start: (handle: AgentHandle<any, any>, options: RunOptions) => AsyncDisposable,
  ) {
    this.name = definition.name
    this.handlers = definition.handlers
    this.refs = new AgentRefs<S>(host, definition.name, definition.initial)
    declaredAgent(this)
  }

  get initial(): S {
    return this.refs.state.initial
  }

  async send<K extends ActionOf<H>>(action: K, ...arg: ArgOf<H[K]>): Promise<void> {
    await this.inTransaction((tx) => tx.send<S, H, K>(this, action, ...arg))
  }

  run(options: RunOptions = {}): AsyncDisposable {
    this.host.checkOpen()
    checkRunOptions(options)
    return this.start(this, options)
  }

  settled(options: { signal?: AbortSignal | undefined } = {}): Promise<void> {
    return settled(this.host, this.refs, options.signal)
  }

  async error(): Promise<AvoutError | null> {
    const failure = await this.refs.failure.deref()
    return failure === null ? null : failureError(this.name, failure)
  }

  async restart(state: S, options: { clearActions?: boolean | undefined } = {}): Promise<void> {
    checkRestartOptions(options)
    const { refs, host } = this
    host.checkOpen()
    await host.learnTail()
    await this.inTransaction(async (tx) => {
      if ((await tx.get(refs.failure)) === null) {
        throw new AvoutError(
          'invalid',
          'AVOUT_AGENT_RUNS',
          `the agent ${this.name} has not failed: it needs no restart`,
        )
      }
      tx.set(refs.state, state as S)
      tx.set(refs.failure, null)
      if (options.clearActions) tx.set(refs.cursor, Math.max(await tx.get(refs.cursor), refs.queue.last))
    })
  }

  // ---- its state, as a reference

  deref(options: ReadOptions = {}): Promise<S> {
    return this.refs.state.deref(options)
  }

  addWatch(key: string, watch: Watch<S>): void {
    this.refs.state.addWatch(key, (of, _ref, old, value, change) => watch(of, this, old, value, change))
  }

  removeWatch(key: string): void {
    this.refs.state.removeWatch(key)
  }

  changes(options: { signal?: AbortSignal } = {}): AsyncIterable<Change<S>> {
    return this.refs.state.changes(options)
  }

  /** Judges what the handlers of this client make: a state that it refuses is a failure of the action. */
  setValidator(validator: Validator<S> | null): Promise<void> {
    return this.refs.state.setValidator(validator)
  }

  /** Joins the transaction that it is called in. */
  private inTransaction(body: (tx: Tx) => Awaitable<void>): Promise<void> {
    const tx = this.host.currentTx()
    return tx === undefined ? this.host.dosync(body, {}, false) : tx.dosync(body)
  }
}
