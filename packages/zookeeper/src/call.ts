import type { Waiting } from './deadlines.js'
import type { Done, Handle, Reply } from './drivers/driver.js'

/** Something to ask a session. */
export interface Question {
  /** For messages: "cannot …". */
  readonly what: string
  readonly send: (handle: Handle, done: Done) => void
  /** Whether it may be sent again when its answer was lost. */
  readonly again: boolean
  /** The only session that it may be sent in, else it is answered NOT_SENT; any, if absent. */
  readonly epoch?: number | undefined
}

/** Who is told what becomes of a call. */
interface Keeper {
  expired(call: Call): void
  settled(call: Call): void
}

/** A question, until it is answered. */
export class Call implements Waiting {
  settled = false
  sentAt = 0
  deadline: number
  readonly question: Question
  readonly begun = performance.now()
  readonly #keeper: Keeper
  readonly #resolve: (reply: Reply) => void
  readonly #reject: (error: Error) => void

  constructor(
    keeper: Keeper,
    question: Question,
    timeout: number,
    resolve: (reply: Reply) => void,
    reject: (error: Error) => void,
  ) {
    this.#keeper = keeper
    this.question = question
    this.deadline = this.begun + timeout
    this.#resolve = resolve
    this.#reject = reject
  }

  expire(): void {
    this.#keeper.expired(this)
  }

  resolve(reply: Reply): void {
    if (this.#settle()) this.#resolve(reply)
  }

  reject(error: Error): void {
    if (this.#settle()) this.#reject(error)
  }

  #settle(): boolean {
    if (this.settled) return false
    this.settled = true
    this.#keeper.settled(this)
    return true
  }
}
