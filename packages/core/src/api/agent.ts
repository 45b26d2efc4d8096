import type { AvoutError } from '../errors.js'
import { usageError } from '../errors.js'
import type { Value } from './definitions.js'
import { checkAgentName } from './names.js'
import type { Options } from './options.js'
import type { Reference } from './reference.js'
import type { Awaitable } from './transaction.js'

/** What a handler is told beside the state and its argument. */
export interface AgentContext {
  /**
   * Names the action, the same whoever applies it and however often: a handler may run again where its process dies, or
   * loses sight of the store, before the new state is committed. An effect that carries the key happens once.
   */
  readonly idempotencyKey: string
  /** Aborts when this process is no longer the one to apply the action: it is closed, or lost the agent to another. */
  readonly signal: AbortSignal
}

/**
 * The actions of an agent by name: each makes the next state of the last one. It may be asynchronous and have effects. What it
 * throws, or a state that cannot be carried, is a failure of the agent (see `Agent.run`).
 */
export type Handlers<S> = { [action: string]: (state: S, arg: any, context: AgentContext) => Awaitable<S> }

export type ActionOf<H> = keyof H & string

/** The argument of an action: none where its handler takes only the state. */
export type ArgOf<F> = F extends (state: any, ...rest: infer R) => unknown
  ? R extends [infer A, ...unknown[]]
    ? [arg: A]
    : []
  : never

/** An agent declared without a connection: who sends and who runs it share a module of them. */
export interface AgentDefinition<in out S, H extends Handlers<S>> {
  readonly kind: 'agent'
  readonly name: string
  readonly initial: S
  readonly handlers: H
}

export type RunOptions = Options<{
  /**
   * What a failed action means. 'fail': it is dropped and the agent stops, everywhere, until `restart`. 'continue': it is told
   * of (`avout.on('agentError')` and the logger) and counts as done, with the state as it was. 'fail'.
   */
  mode: 'fail' | 'continue'
  /** Stops the running, as disposing does. */
  signal: AbortSignal
}>

/**
 * Clojure's agent, shared by every client of its realm: a state that changes by actions, sent by anybody, inside of transactions
 * too, and applied one by one in the order of the log by a process that runs it. Each changes the state exactly once.
 *
 * Its state is read and watched like a ref's. What is sent while nobody runs it waits in the log.
 */
export interface Agent<in out S, H extends Handlers<S>> extends Reference<S>, AgentDefinition<S, H> {
  readonly name: string
  /**
   * Sends an action in a transaction of its own, or in the one that this is called in. To an agent that has failed as well:
   * then it waits for `restart`. Rejects as `dosync` does; with ValueError for an argument that cannot be carried.
   */
  send<K extends ActionOf<H>>(action: K, ...arg: ArgOf<H[K]>): Promise<void>
  /**
   * Applies actions in this process, until disposed of. Of all processes that run an agent one works at a time, as long as
   * the coordinator has locks; another takes over when it dies, closes or disposes. Disposing aborts the handler at work and
   * waits for it: what it then still makes of the state counts, what it throws does not, and the action stays for the next.
   */
  run(options?: RunOptions): AsyncDisposable
  /**
   * Resolves when all that was committed before the call is applied, by whichever process. Rejects with AvoutError
   * (AVOUT_AGENT_FAILED) when the agent has failed or fails before that, with ClosedError, and with `signal.reason`.
   */
  settled(options?: Options<{ signal: AbortSignal }>): Promise<void>
  /** Why the agent has stopped (AVOUT_AGENT_FAILED); null while it has not. */
  error(): Promise<AvoutError | null>
  /**
   * Lets a failed agent go on with `state` and, unless `clearActions`, with the actions that were held meanwhile. The action that
   * failed is not applied again. Rejects with AvoutError (AVOUT_AGENT_RUNS) when it has not failed, and as `dosync` does.
   */
  restart(state: S, options?: Options<{ clearActions: boolean }>): Promise<void>
}

const declared = new WeakSet<object>()

/**
 * Declares an agent: nothing is read or written. `initial` is its state until the first action, and is never stored.
 *
 * @throws TypeError for a name that is none, and for handlers that are no functions.
 */
export function defineAgent<S, H extends Handlers<S>>(
  name: string,
  initial: S & Value,
  handlers: H,
): AgentDefinition<S, H> {
  checkAgentName(name)
  if (initial === undefined) {
    throw usageError(
      'AVOUT_UNDEFINED',
      `the initial state of the agent ${name} is undefined, which is no value: use null`,
    )
  }
  checkHandlers(name, handlers)
  return declaredAgent(Object.freeze({ kind: 'agent', name, initial, handlers }))
}

/** Makes known what may be taken for an agent: a definition, or an agent of a client. */
export function declaredAgent<A extends object>(agent: A): A {
  declared.add(agent)
  return agent
}

/** Throws for what is no agent, whatever its type says. */
export function checkAgent(agent: unknown): void {
  if (typeof agent === 'object' && agent !== null && declared.has(agent)) return
  throw usageError('AVOUT_NOT_AN_AGENT', 'not an agent: make one with avout.agent(…) or defineAgent(…)')
}

function checkHandlers(name: string, handlers: unknown): void {
  if (typeof handlers !== 'object' || handlers === null) {
    throw usageError('AVOUT_HANDLERS', `the agent ${name} takes an object of functions, one an action`)
  }
  for (const [action, handler] of Object.entries(handlers)) {
    if (typeof handler !== 'function') {
      throw usageError('AVOUT_HANDLERS', `the action "${action}" of the agent ${name} is not a function`)
    }
  }
}
