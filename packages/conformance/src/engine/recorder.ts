import { AvoutError, type ErrorKind } from '@avout/core'
import { clock } from '../client.js'
import { checkHistory, type Moment, type Op, type Step, type Verdict } from '../history/index.js'

/** What may become of a transaction that nobody did anything wrong about. */
const ENDINGS: ReadonlySet<string> = new Set<ErrorKind>(['conflict', 'unavailable', 'unknown'])

/** Writes down what clients ask for and are told, for the checker of histories. */
export class Recorder {
  readonly #ops: Op[] = []
  #index = 0
  #element = 0

  /** A token that no other append has. */
  element(): number {
    return ++this.#element
  }

  /** Records a call: `run` answers its steps, `intended` are the appends that it makes if it commits. */
  async call(client: number, intended: readonly Step[], run: () => Promise<readonly Step[]>): Promise<void> {
    const invoked = this.#moment()
    const add = (outcome: Op['outcome'], steps: readonly Step[]) => {
      const id = this.#ops.length
      this.#ops.push({ id, client, outcome, isolation: 'serializable', invoked, ended: this.#moment(), steps })
    }
    try {
      add('ok', await run())
    } catch (error) {
      if (!AvoutError.isInstance(error) || !ENDINGS.has(error.kind)) throw error
      // What an error says is held against it, too: after "failed" nothing of it may be seen.
      add(error.kind === 'unknown' ? 'info' : 'failed', intended)
    }
  }

  verdict(): Verdict {
    return checkHistory(this.#ops)
  }

  #moment(): Moment {
    return { index: ++this.#index, at: clock.now() }
  }
}
