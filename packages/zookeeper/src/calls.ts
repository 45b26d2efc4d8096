import { ClosedError } from '@avout/core'
import { Call, type Question } from './call.js'
import { Deadlines } from './deadlines.js'
import * as codes from './drivers/codes.js'
import type { Handle, Reply } from './drivers/driver.js'
import { errorOf, unavailable, type Where } from './errors.js'
import { Fifo } from './fifo.js'

/** The session that calls are sent in. */
export interface Session {
  readonly handle: Handle | undefined
  readonly up: boolean
  readonly epoch: number
  replace(reason: string): void
}

/** How many calls are on their way at once: drivers keep them in arrays whose first they take out, which costs as much as there are. */
const WINDOW = 1000

/** How many times longer than `timeout` a call may take while the server answers others: it is busy, not silent. */
const PATIENCE = 6

/** How long a lost call waits before it is sent again, in ms: the driver may not have noticed yet what has ended. */
const AGAIN = 20

/** Calls, from when they are asked until they are answered; and all are, in `timeout` ms: drivers leave some unanswered. */
export class Calls {
  readonly #session: () => Session
  readonly #where: Where
  readonly #timeout: number
  /** All that are not settled. */
  readonly #deadlines = new Deadlines<Call>()
  /** Sent, not answered. */
  readonly #sent = new Set<Call>()
  /** To be sent when there is a connection, and room. */
  readonly #queued = new Fifo<Call>()
  #lastAnswer = 0
  #closed = false

  constructor(session: () => Session, where: Where, timeout: number) {
    this.#session = session
    this.#where = where
    this.#timeout = timeout
  }

  ask(question: Question): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(new ClosedError('this connection to ZooKeeper is closed'))
        return
      }
      const call = new Call(this, question, this.#timeout, resolve, reject)
      this.#deadlines.add(call)
      this.#sendOrQueue(call)
    })
  }

  /** There is a connection: sends what waits for one. */
  up(): void {
    this.#lastAnswer = performance.now()
    this.#sendQueued()
  }

  /** The session is over: what was sent in it is lost. */
  over(): void {
    for (const call of [...this.#sent]) {
      this.#sent.delete(call)
      this.#lost(call, codes.SESSION_EXPIRED)
    }
  }

  close(): void {
    this.#closed = true
    for (const call of this.#deadlines.all()) call.reject(new ClosedError('closed while ZooKeeper was at work'))
    this.#queued.takeAll()
  }

  /** A call has got no answer in time. */
  expired(call: Call): void {
    const now = performance.now()
    const session = this.#session()
    const busy = session.up && now - this.#lastAnswer < this.#timeout
    if (busy && now - call.begun < PATIENCE * this.#timeout) {
      call.deadline = now + this.#timeout
      this.#deadlines.add(call)
      return
    }
    const sent = this.#sent.delete(call)
    const unsent = sent ? '' : ' (not sent: no connection)'
    call.reject(
      unavailable(`did not answer in ${this.#timeout} ms: cannot ${call.question.what}${unsent}`, this.#where),
    )
    // Answers come in order: without any since it was sent, the server is silent or the connection is dead, and TCP takes minutes
    // to notice.
    if (sent && this.#lastAnswer < call.sentAt) session.replace('the server is silent')
  }

  settled(call: Call): void {
    this.#deadlines.delete(call)
    this.#sent.delete(call)
  }

  #sendOrQueue(call: Call): void {
    if (this.#session().up && this.#sent.size < WINDOW && this.#queued.size === 0) this.#send(call)
    else this.#queued.push(call)
  }

  #sendQueued(): void {
    while (this.#session().up && this.#sent.size < WINDOW) {
      const call = this.#queued.shift()
      if (call === undefined) return
      if (!call.settled) this.#send(call)
    }
  }

  #send(call: Call): void {
    const { handle, epoch } = this.#session()
    if (handle === undefined) return
    const { question } = call
    if (question.epoch !== undefined && question.epoch !== epoch) {
      call.resolve({ code: codes.NOT_SENT })
      return
    }
    this.#sent.add(call)
    call.sentAt = performance.now()
    question.send(handle, (reply) => this.#answered(call, reply, handle))
  }

  #answered(call: Call, reply: Reply, handle: Handle): void {
    if (!this.#sent.delete(call)) return
    const { code } = reply
    if (codes.isAnswer(code)) {
      this.#lastAnswer = performance.now()
      call.resolve(reply)
    } else if (codes.isLoss(code)) {
      this.#lost(call, code)
      // A handle that says so at once is dead, and may have said so to nobody.
      const session = this.#session()
      if (code === codes.INVALID_STATE && handle === session.handle) session.replace(codes.nameOf(code))
    } else call.reject(errorOf(code, call.question.what, this.#where))
    if (this.#queued.size > 0) this.#sendQueued()
  }

  #lost(call: Call, code: number): void {
    if (!call.question.again) call.reject(errorOf(code, call.question.what, this.#where))
    else if (this.#session().up) this.#later(call)
    else this.#queued.push(call)
  }

  #later(call: Call): void {
    setTimeout(() => {
      if (!call.settled) this.#sendOrQueue(call)
    }, AGAIN)
  }
}
