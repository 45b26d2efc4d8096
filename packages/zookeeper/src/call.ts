import type { Waiting } from './deadlines.js'
import type { Done, Handle, Reply } from './drivers/driver.js'

export type Send = (handle: Handle, done: Done) => void

/** Who sends calls, and is told how they end. */
export interface Sender {
  /** It has got no answer in time. */
  expired(call: Call): void
  settled(call: Call): void
}

/** A call on its way: it ends once, with an answer or an error. */
export class Call implements Waiting {
  settled = false
  sentAt = 0
  readonly what: string
  readonly send: Send
  /** Whether it may be sent again when its answer was lost. */
  readonly again: boolean
  readonly begun = performance.now()
  deadline: number
  readonly #sender: Sender
  readonly #resolve: (reply: Reply) => void
  readonly #reject: (error: Error) => void

  constructor(
    sender: Sender,
    what: string,
    send: Send,
    again: boolean,
    resolve: (reply: Reply) => void,
    reject: (error: Error) => void,
    timeout: number,
  ) {
    this.#sender = sender
    this.what = what
    this.send = send
    this.again = again
    this.#resolve = resolve
    this.#reject = reject
    this.deadline = this.begun + timeout
  }

  expire(): void {
    this.#sender.expired(this)
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
    this.#sender.settled(this)
    return true
  }
}
