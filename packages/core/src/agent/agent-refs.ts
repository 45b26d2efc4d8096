import { internalRef } from '../api/definitions.js'
import { agentRefNames } from '../api/names.js'
import type { RefHandle } from '../reference/ref-handle.js'
import type { AgentQueue } from '../replay/sends.js'
import { type Failure, saysFailed } from './failure.js'
import type { AgentHost } from './host.js'

/** What the realm keeps of one agent: three hidden refs, so that its state is stored as that of a ref, and its queue. */
export class AgentRefs<S> {
  readonly state: RefHandle<S>
  /** How many of the actions sent to it are done. */
  readonly cursor: RefHandle<number>
  readonly failure: RefHandle<Failure | null>
  readonly queue: AgentQueue

  constructor(
    host: AgentHost,
    readonly name: string,
    initial: S,
  ) {
    this.state = host.handleOf(internalRef<S>(agentRefNames.state(name), initial as S & NonNullable<unknown>))
    this.cursor = host.handleOf(internalRef<number>(agentRefNames.cursor(name), 0))
    this.failure = host.handleOf(internalRef<Failure | null>(agentRefNames.failure(name), null))
    this.queue = host.replica.sends.of(name)
  }

  /** As of what is replayed. */
  get hasFailed(): boolean {
    return saysFailed(this.failure.state.head)
  }

  /** Calls `listener` after every change of the queue or the failure, while the log is replayed, until the answer is called. */
  listen(listener: () => void): () => void {
    const stops = [this.queue.listen(listener), this.failure.state.listen(listener)]
    return () => {
      for (const stop of stops) stop()
    }
  }
}
