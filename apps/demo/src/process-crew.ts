import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Evidence } from './audit.js'
import { type Assigned, type Crew, dockOf, type Work } from './crew.js'
import type { Served } from './desk.js'
import type { Ask, Tell } from './messages.js'
import type { FileOrder } from './orders-file.js'
import type { Paper } from './paper.js'
import type { Keys } from './state.js'
import type { Located } from './stores/located.js'
import type { Tally } from './tally.js'

export interface ProcessParts {
  readonly located: Located
  readonly paper: Paper
  readonly docks: readonly string[]
  readonly desks: number
  readonly processes: number
  readonly tally: Tally
  readonly say: (line: string) => void
  readonly started?: ((child: ChildProcess, number: number) => void) | undefined
}

/** The compiled program, also for who runs the sources. */
const program = fileURLToPath(new URL('../dist/desk-process.js', import.meta.url))
/** Plain workers: they hold one shop, and there may be many of them. */
const execArgv = ['--max-old-space-size=192', '--max-semi-space-size=4', '--enable-source-maps']
/** A process that is killed again and again is not to be helped. */
const mostRestarts = 1_000
/** Milliseconds for a process to end by itself. */
const patience = 20_000

type Opinion = Evidence['clients'][number]

/** Whose opinion is waited for. */
interface Asked {
  readonly process: number
  readonly keys: Keys
  readonly tell: (opinion: Opinion) => void
}

interface Pending {
  readonly order: FileOrder
  readonly served: (end: Served) => void
}

/** Desks and vans spread over child processes. One that is killed is replaced, and its orders are taken up where they stand. */
export class ProcessCrew implements Crew {
  readonly #parts: ProcessParts
  readonly #children: ChildProcess[] = []
  readonly #pending = new Map<number, Pending>()
  readonly #driving = new Map<string, () => void>()
  readonly #reported = { rejected: [] as string[], shipped: [] as string[] }
  readonly #failure = new AbortController()
  #counted: Assigned['counted'] = () => undefined
  #asked: Asked | undefined
  #unheard = false
  #restarts = 0
  #isClosing = false

  constructor(parts: ProcessParts) {
    this.#parts = parts
    for (let n = 0; n < parts.processes; n++) this.#start(n)
  }

  async work({ orders, interrupted, closeShop, counted }: Assigned): Promise<Work> {
    this.#counted = counted
    const { desks, docks, tally } = this.#parts
    const { signal } = this.#failure
    const reported = this.#reported
    const driven = docks.map((dock) => new Promise<void>((home) => this.#driving.set(dock, home)))
    for (const dock of docks) this.#drive(dock)
    let next = 0
    const atDesk = async (desk: number) => {
      while (!interrupted.aborted && !signal.aborted) {
        const order = orders[next++]
        if (order === undefined) return
        const end = await this.#serve(desk, order)
        tally[end]++
        if (end === 'rejected') reported.rejected.push(order.id)
      }
    }
    await this.#unlessFailed(Promise.all(Array.from({ length: desks }, (_, desk) => atDesk(desk))))
    await closeShop(signal)
    await this.#unlessFailed(Promise.all(driven))
    const taken = Math.min(next, orders.length)
    return { taken: orders.slice(0, taken), untaken: orders.slice(taken), reported, unheard: this.#unheard }
  }

  /** One process after the other: each reads the whole shop. */
  async opinions(keys: Keys): Promise<Evidence['clients']> {
    const opinions: Opinion[] = []
    for (let n = 0; n < this.#children.length; n++) {
      const told = new Promise<Opinion>((tell) => {
        this.#asked = { process: n, keys, tell }
      })
      this.#ask(n, { do: 'opinion', keys })
      opinions.push(await this.#unlessFailed(told))
      this.#asked = undefined
    }
    return opinions
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosing = true
    await Promise.all(
      this.#children.map(async (child, n) => {
        if (child.exitCode !== null || child.signalCode !== null) return
        const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
        if (this.#failure.signal.aborted) child.kill('SIGKILL')
        else this.#ask(n, { do: 'close' })
        const late = setTimeout(() => child.kill('SIGKILL'), patience)
        await ended
        clearTimeout(late)
      }),
    )
  }

  #start(n: number): void {
    const { located, paper, started } = this.#parts
    const child = fork(program, [], { execArgv, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    this.#children[n] = child
    child.on('message', (message: Tell) => this.#told(message))
    child.on('error', (error) => this.#fail(new Error(`process ${n + 1} cannot be run`, { cause: error })))
    child.on('exit', (code, signal) => this.#ended(n, code, signal))
    this.#ask(n, { do: 'open', located, name: `process-${n + 1}`, folder: paper.folder })
    started?.(child, n)
  }

  #ended(n: number, code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#isClosing || this.#failure.signal.aborted) return
    if (signal === null) return this.#fail(new Error(`process ${n + 1} ended with exit code ${code}`))
    if (++this.#restarts > mostRestarts) return this.#fail(new Error(`process ${n + 1} was killed once too often`))
    this.#parts.say(`process ${n + 1} was killed (${signal}): another one goes on`)
    // Its last load may have left without its telling.
    this.#unheard = true
    this.#start(n)
    const { docks, processes } = this.#parts
    for (const [i, dock] of docks.entries()) if (i % processes === n) this.#drive(dock)
    for (const [desk, { order }] of this.#pending) if (desk % processes === n) this.#send(desk, order, true)
    if (this.#asked?.process === n) this.#ask(n, { do: 'opinion', keys: this.#asked.keys })
  }

  /** Nothing where the van has ended its day, or none has begun. */
  #drive(dock: string): void {
    const { docks, processes } = this.#parts
    const van = docks.indexOf(dock)
    if (this.#driving.has(dock)) this.#ask(van % processes, { do: 'drive', van, dock })
  }

  #serve(desk: number, order: FileOrder): Promise<Served> {
    return new Promise((served) => {
      this.#pending.set(desk, { order, served })
      this.#send(desk, order, false)
    })
  }

  #send(desk: number, order: FileOrder, again: boolean): void {
    const { docks, processes } = this.#parts
    this.#ask(desk % processes, { do: 'serve', desk, dock: dockOf(desk, docks), order, again })
  }

  #told(message: Tell): void {
    switch (message.tell) {
      case 'served': {
        const pending = this.#pending.get(message.desk)
        // Heard twice where a process told it before it was killed, and the one after it as well.
        if (pending?.order.id !== message.id) return
        this.#pending.delete(message.desk)
        return pending.served(message.end)
      }
      case 'shipped':
        this.#reported.shipped.push(...message.ids)
        this.#parts.tally.shipped += message.ids.length
        return
      case 'unheard':
        this.#unheard = true
        return
      case 'counted':
        return this.#counted(message.count)
      case 'home':
        this.#driving.get(message.dock)?.()
        this.#driving.delete(message.dock)
        return
      case 'figures':
        return this.#parts.tally.add(message.more)
      case 'opinion':
        return this.#asked?.tell(message.opinion)
      case 'failed':
        return this.#fail(new Error(message.reason))
    }
  }

  /** A process that has just been killed hears nothing; the one after it is asked again. */
  #ask(n: number, ask: Ask): void {
    this.#children[n]?.send(ask, () => undefined)
  }

  #fail(error: Error): void {
    this.#failure.abort(error)
  }

  async #unlessFailed<T>(work: Promise<T>): Promise<T> {
    const { signal } = this.#failure
    signal.throwIfAborted()
    let fail: (() => void) | undefined
    const failed = new Promise<never>((_resolve, reject) => {
      fail = () => reject(signal.reason)
      signal.addEventListener('abort', fail)
    })
    try {
      return await Promise.race([work, failed])
    } finally {
      if (fail !== undefined) signal.removeEventListener('abort', fail)
    }
  }
}
