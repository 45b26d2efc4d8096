import { ClosedError, UnavailableError } from '../errors.js'
import type { Random } from './random.js'
import type { Scheduler } from './scheduler.js'
import type { Faults } from './sim-faults.js'
import type { SimProcess } from './sim-process.js'
import type { Tally } from './tally.js'

/** What the links of one store share. */
export interface LinkStore {
  readonly id: string
  readonly scheduler: Scheduler
  readonly random: Random
  readonly tally: Tally
  readonly faults: Faults
  /** Whether it answers at all. */
  readonly down: boolean
  /** Grows when the store loses its connections: what it had not answered before stays unanswered. */
  readonly epoch: number
}

export interface CallOptions {
  /** The network may deliver it late or twice: what it does must be safe then. */
  readonly repeatable?: boolean
  /** Decides this call's fate in place of the seed. */
  readonly fate?: Fate
  /** Asked when the request arrives: it is applied when what this answers resolves, and fails when it rejects. */
  readonly gate?: (() => Promise<void> | undefined) | undefined
}

type Fate = 'well' | 'lost' | 'answer lost' | 'late'

/** The connection of one client to one store: where calls get delayed, lost, repeated and reordered. */
export class SimLink {
  readonly #store: LinkStore
  /** The highest position of the log that this client was told of. */
  told = 0
  readonly process: SimProcess | undefined
  readonly #report: (state: 'up' | 'down', error?: unknown) => void
  #up = true
  #closed = false

  constructor(
    store: LinkStore,
    process: SimProcess | undefined,
    report: (state: 'up' | 'down', error?: unknown) => void,
  ) {
    this.#store = store
    this.process = process
    this.#report = report
  }

  get closed(): boolean {
    return this.#closed
  }

  close(): void {
    this.#closed = true
  }

  /** Sends a request. `apply` runs in one step at the store; what it answers or throws comes back, or the fate of the call does. */
  call<T>(label: string, apply: () => T, options: CallOptions = {}): Promise<T> {
    if (this.#closed) return Promise.reject(new ClosedError(`the session of ${this.#store.id} is closed`))
    const { faults, tally, scheduler } = this.#store
    const fate = options.fate ?? this.#fate(options.repeatable ?? false)
    if (fate !== 'well') tally.count(`${label}: ${fate}`)
    return new Promise((resolve, reject) => {
      const fail = (delay: number) => this.#later(delay, label, () => reject(this.#unavailable(label)))
      const arrive = () => {
        if (this.#store.down) {
          tally.count(`${label}: store down`)
          fail(this.#delay())
          return
        }
        const proceed = () => this.#apply(label, apply, fate === 'well', resolve, reject)
        const gate = options.gate?.()
        if (gate === undefined) proceed()
        else gate.then(proceed, reject)
      }
      if (fate !== 'well') fail(faults.patience)
      if (fate === 'lost') return
      const delay = this.#delay()
      scheduler.schedule(fate === 'late' ? faults.patience + this.#lateBy() : delay, arrive, `${label} →`)
      if (options.repeatable && this.#store.random.chance(faults.duplicate)) this.#repeat(label, apply, delay)
    })
  }

  /** Tells the client something it did not ask for. */
  push(label: string, task: () => void): void {
    const { epoch } = this.#store
    this.#later(this.#delay(), label, () => {
      if (!this.#closed && epoch === this.#store.epoch) task()
    })
  }

  #apply<T>(
    label: string,
    apply: () => T,
    answered: boolean,
    resolve: (value: T) => void,
    reject: (error: unknown) => void,
  ): void {
    let settle: () => void
    try {
      const value = apply()
      settle = () => resolve(value)
    } catch (error) {
      settle = () => reject(error)
    }
    if (!answered) return
    const { epoch } = this.#store
    this.#later(this.#delay(), label, () => {
      if (epoch !== this.#store.epoch) return reject(this.#unavailable(label))
      this.#reachable(true)
      settle()
    })
  }

  #repeat(label: string, apply: () => unknown, delay: number): void {
    const { scheduler, tally } = this.#store
    const again = () => {
      if (this.#store.down) return
      tally.count(`${label}: duplicate`)
      try {
        apply()
      } catch (error) {
        tally.count(`${label}: duplicate refused (${(error as Error).name})`)
      }
    }
    scheduler.schedule(delay + this.#lateBy(), again, `${label} → again`)
  }

  #later(delay: number, label: string, task: () => void): void {
    this.#store.scheduler.schedule(delay, task, `${label} ←`, this.process)
  }

  #fate(repeatable: boolean): Fate {
    const { lost, answerLost, late } = this.#store.faults
    const any = lost + answerLost + late
    if (any === 0) return 'well'
    const draw = this.#store.random.next()
    if (draw < lost) return 'lost'
    if (draw < lost + answerLost) return 'answer lost'
    return draw < any ? (repeatable ? 'late' : 'answer lost') : 'well'
  }

  #delay(): number {
    const { faults, random } = this.#store
    const [from, to] = faults.delay
    if (to === 0) return 0
    const delay = from + (to - from) * random.next()
    return random.chance(faults.slow) ? delay * faults.slowBy : delay
  }

  #lateBy(): number {
    const [from, to] = this.#store.faults.lateBy
    return from + (to - from) * this.#store.random.next()
  }

  #unavailable(label: string): UnavailableError {
    const { id } = this.#store
    const error = new UnavailableError(`${id} did not answer (${label})`, id)
    this.#reachable(false, error)
    return error
  }

  #reachable(up: boolean, error?: unknown): void {
    if (this.#up === up) return
    this.#up = up
    this.#report(up ? 'up' : 'down', error)
  }
}
