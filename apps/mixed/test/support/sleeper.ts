import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { SleeperSays, SleeperTold, Woken } from '../../src/sleeping-client.js'

const program = fileURLToPath(new URL('../../dist/sleeping-client.js', import.meta.url))

/** A process that holds locks, and can be made to sleep. */
export class Sleeper implements Disposable {
  /** The tokens of what it holds. */
  readonly tokens: readonly number[]
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, tokens: readonly number[]) {
    this.#child = child
    this.tokens = tokens
  }

  /** Resolves when it holds its locks. */
  static async start(told: SleeperTold): Promise<Sleeper> {
    const child = fork(program, [JSON.stringify(told)])
    const said = await heard(child)
    if (!('holding' in said)) throw new Error('it woke before it slept')
    return new Sleeper(child, said.holding)
  }

  /** From now on nothing runs in it, neither timers nor answers. */
  sleep(): void {
    this.#child.kill('SIGSTOP')
  }

  /** It finds this in its mailbox when it wakes: so it goes on at once, perhaps before any timer has told it how late it is. */
  async wake(): Promise<readonly Woken[]> {
    const said = heard(this.#child)
    this.#child.send('go on')
    this.#child.kill('SIGCONT')
    const answer = await said
    if (!('woken' in answer)) throw new Error('it took its locks again')
    return answer.woken
  }

  [Symbol.dispose](): void {
    this.#child.kill('SIGKILL')
  }
}

/** The next that it says; rejects when it ends instead. */
function heard(child: ChildProcess): Promise<SleeperSays> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null, signal: string | null) => reject(new Error(`it ended with ${code ?? signal}`))
    child.once('exit', ended)
    child.once('message', (said) => {
      child.off('exit', ended)
      resolve(said as SleeperSays)
    })
  })
}
