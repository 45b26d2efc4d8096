import type { Handlers } from '../api/agent.js'
import type { Tx } from '../api/transaction.js'
import { backoff } from '../commit/backoff.js'
import { orAborted } from '../commit/or-aborted.js'
import { patiently } from '../commit/patiently.js'
import { AvoutError, IncompatibleError } from '../errors.js'
import type { PendingSend } from '../replay/sends.js'
import type { AgentRefs } from './agent-refs.js'
import { failureOf } from './failure.js'
import type { AgentHost } from './host.js'

type Handler = Handlers<any>[string]

/**
 * Applies actions to the state of one agent. A handler sees replayed state alone, outside of any transaction, for its effects
 * cannot be taken back. Its result and the cursor are one transaction, which expects the cursor where the handler found it:
 * whoever else applied the action meanwhile, it counts once. The cursor stands for the state, too: a failure moves it as well,
 * and nobody begins an action between that and the restart.
 */
export class Applying {
  constructor(
    private readonly host: AgentHost,
    private readonly refs: AgentRefs<any>,
    private readonly handlersOf: () => Handlers<any>,
    private readonly mode: 'fail' | 'continue',
  ) {}

  /** Applies the next action, or leaves it where the signal aborts. Rejects where this process cannot apply it. */
  async apply(send: PendingSend, signal: AbortSignal): Promise<void> {
    const { host, refs } = this
    const { head } = refs.state.state // of the same moment as `send`
    const [handler, argument] = this.understood(send)
    const state = await orAborted(
      patiently(host, async () => refs.state.valueOf(head)),
      signal,
    )
    let next: unknown
    try {
      const context = { idempotencyKey: send.id, signal }
      next = await orAborted((async () => handler.call(this.handlersOf(), state, argument, context))(), host.stopSignal)
    } catch (error) {
      if (signal.aborted) return // it was told to stop: the action is for the next who runs the agent
      return this.failed(send, error, signal)
    }
    try {
      await this.commit(send, signal, (tx) => tx.set(refs.state, next))
    } catch (error) {
      if (!isRefusal(error)) throw error
      await this.failed(send, error, signal)
    }
  }

  /** An action that this process does not know, or cannot read, is for one that can: it is left as it is. */
  private understood({ action, argument }: PendingSend): [handler: Handler, argument: unknown] {
    const { codec } = this.host
    const handlers = this.handlersOf()
    if (!Object.hasOwn(handlers, action)) {
      throw new IncompatibleError(`the agent ${this.refs.name} has no action "${action}" in this process: upgrade it`)
    }
    const what = `the argument of "${action}" to the agent ${this.refs.name}`
    return [handlers[action] as Handler, argument === undefined ? undefined : codec.decode(argument, what).value]
  }

  private async failed(send: PendingSend, error: unknown, signal: AbortSignal): Promise<void> {
    const { host, refs } = this
    const isCommitted = await this.commit(send, signal, (tx) => {
      if (this.mode === 'fail') tx.set(refs.failure, failureOf(send, error))
    })
    if (isCommitted) host.reports.agentFailed({ name: refs.name, action: send.action, id: send.id, error })
  }

  /**
   * Moves the cursor behind the action, with what `write` makes of it, which comes first (see `settled`); false where another did.
   * A store that does not answer, or not in time, is asked again: the cursor tells what became of it.
   */
  private async commit(send: PendingSend, signal: AbortSignal, write: (tx: Tx) => void): Promise<boolean> {
    const { host, refs } = this
    const move = async (tx: Tx): Promise<boolean> => {
      if ((await tx.get(refs.cursor)) !== send.sequence - 1) return false
      write(tx)
      tx.set(refs.cursor, send.sequence)
      return true
    }
    for (let attempt = 0; ; attempt++) {
      try {
        return await host.dosync(move, { materialize: 'background' }, false, true)
      } catch (error) {
        if (signal.aborted || !isPassing(error)) throw error
        host.reports.noticed(
          error,
          `an action of the agent ${refs.name} could not be committed; it will be tried again`,
        )
        await backoff(host.platform, attempt, host.stopSignal)
      }
    }
  }
}

/** The new state is none that can be: its handler's fault. */
function isRefusal(error: unknown): boolean {
  return AvoutError.isInstance(error) && error.kind === 'invalid'
}

function isPassing(error: unknown): boolean {
  return AvoutError.isInstance(error) && ['conflict', 'unknown', 'unavailable'].includes(error.kind)
}
