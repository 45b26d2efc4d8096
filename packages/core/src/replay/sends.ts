import { agentRefNames } from '../api/names.js'
import type { Data } from '../contracts/data.js'
import type { Send } from '../record/record.js'
import type { RefState, RefStates } from '../state/ref-state.js'
import type { Version } from '../state/version.js'

/** An action that was sent and is not done. */
export interface PendingSend {
  /** The same in every client: the version that its transaction writes, and its place there. */
  readonly id: string
  /** Its place among all that was ever sent to the agent, from 1. */
  readonly sequence: number
  readonly action: string
  readonly argument: Data | undefined
}

/**
 * What was sent to one agent in valid transactions and is not done, in the order of the log: the same in every client at a
 * position. The cursor, a hidden ref, says how many are done; as its writes are replayed, those are forgotten.
 */
export class AgentQueue {
  private pending: PendingSend[] = []
  private first = 0
  private sent = 0
  private done = 0
  private readonly listeners = new Set<() => void>()

  constructor(cursor: RefState) {
    this.moveTo(cursor.head)
    cursor.listen((_before, after) => this.moveTo(after))
  }

  /** How many were ever sent. */
  get last(): number {
    return this.sent
  }

  /** How many of them are done. */
  get cursor(): number {
    return this.done
  }

  /** The one to be applied next. */
  get next(): PendingSend | undefined {
    return this.pending[this.first]
  }

  /** All that are not done. */
  get waiting(): readonly PendingSend[] {
    return this.pending.slice(this.first)
  }

  /** Calls `listener` after every change, while the log is replayed, until the answer is called. */
  listen(listener: () => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  push(id: string, { action, argument }: Send): void {
    const sequence = ++this.sent
    if (sequence <= this.done) return
    this.pending.push({ id, sequence, action, argument })
    this.tell()
  }

  /** Bookkeeping behind the verdict; what is no cursor moves nothing. A number is in the log whatever the inline limit. */
  private moveTo({ data }: Version): void {
    if (typeof data !== 'number') return
    this.done = data
    while ((this.next?.sequence ?? Number.POSITIVE_INFINITY) <= data) this.first++
    // Stryker disable next-line all: when the array is cut off is a matter of memory and time, no answer depends on it
    if (this.first === this.pending.length || (this.first > 1_024 && this.first * 2 > this.pending.length)) {
      this.pending = this.pending.slice(this.first)
      this.first = 0
    }
    this.tell()
  }

  private tell(): void {
    for (const listener of this.listeners) listener()
  }
}

/** The queues of all agents that a replica met, by name. */
export class Sends {
  private readonly queues = new Map<string, AgentQueue>()

  constructor(private readonly states: RefStates) {}

  of(agent: string): AgentQueue {
    let queue = this.queues.get(agent)
    if (queue === undefined) {
      queue = new AgentQueue(this.states.of(agentRefNames.cursor(agent)))
      this.queues.set(agent, queue)
    }
    return queue
  }

  /** What a valid transaction sent; `version` is the one that it gives to its writes. */
  enter(version: string, sends: readonly Send[]): void {
    sends.forEach((send, k) => {
      this.of(send.agent).push(`${version}:${k}`, send)
    })
  }
}
