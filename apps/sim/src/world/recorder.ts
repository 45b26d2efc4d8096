import type { Element, Moment, Op, Step } from '@avout/conformance/history'
import { AvoutError } from '@avout/core'
import type { Scheduler } from '@avout/core/testing'

/** A body ends with it: what it read must hold, what it wrote must not. */
export class UserError extends Error {}

/** The reason that a caller's signal aborts with. */
export class CallerGaveUp extends Error {}

export type Ending = 'ok' | 'threw' | 'failed' | 'info'

/** A call that was begun: what it means to do, and the steps of its newest run. */
export interface Call {
  readonly id: number
  readonly kind: string
  readonly client: number
  readonly isolation: 'serializable' | 'snapshot'
  readonly staleness: number | undefined
  readonly invoked: Moment
  /** It touches nothing shared: no order of others says anything about it. */
  readonly alone: boolean
  /** What it may have appended, whichever run of it committed. */
  readonly intended: readonly Step[]
  steps: Step[]
  outcome: Ending | undefined
  ended: Moment | undefined
  /** Appends of an inner body that threw, or of a branch that retried: they never may be seen. */
  dropped: Step[]
}

/** The calls of all clients, as their callers see them. */
export class Recorder {
  readonly calls: Call[] = []
  readonly #scheduler: Scheduler
  #index = 0
  #element = 0

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler
  }

  /** A token that no other append has. */
  element(): Element {
    return ++this.#element
  }

  begin(
    details: Pick<Call, 'kind' | 'client' | 'intended'> & Partial<Pick<Call, 'isolation' | 'staleness' | 'alone'>>,
  ): Call {
    const call: Call = {
      isolation: 'serializable',
      staleness: undefined,
      alone: false,
      ...details,
      id: this.calls.length,
      invoked: this.#moment(),
      steps: [],
      dropped: [],
      outcome: undefined,
      ended: undefined,
    }
    this.calls.push(call)
    return call
  }

  end(call: Call, outcome: Ending): void {
    call.outcome = outcome
    call.ended = this.#moment()
  }

  /** The history for the checker: what is still open is unknown. */
  history(): Op[] {
    const history: Op[] = []
    const add = (call: Call, outcome: Ending, steps: readonly Step[]) => {
      const { client, isolation, staleness, invoked, ended } = call
      const name = `T${call.id} (${call.kind})`
      history.push({ id: history.length, name, client, outcome, isolation, staleness, invoked, ended, steps })
    }
    for (const call of this.calls) {
      if (call.alone) continue
      const outcome = call.outcome ?? 'info'
      const known = outcome === 'ok' || outcome === 'threw'
      add(call, outcome, known ? call.steps : call.intended)
      if (call.dropped.length > 0) add(call, 'failed', call.dropped)
    }
    return history
  }

  #moment(): Moment {
    return { index: ++this.#index, at: this.#scheduler.now }
  }
}

/** What an error says about the call that it ended; undefined for one that should never be seen. */
export function endingOf(error: unknown): Ending | undefined {
  if (error instanceof UserError) return 'threw'
  if (error instanceof CallerGaveUp) return 'failed'
  if (!AvoutError.isInstance(error)) return undefined
  if (error.kind === 'unknown' || error.kind === 'diverged') return 'info'
  if (error.code === 'AVOUT_ID_COMMITTED') return 'failed'
  return error.kind === 'conflict' || error.kind === 'unavailable' || error.kind === 'closed' ? 'failed' : undefined
}
