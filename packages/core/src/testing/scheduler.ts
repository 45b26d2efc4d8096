import { platform as host } from '#platform'
import { EventQueue } from './event-queue.js'
import { Hashes } from './hashes.js'
import { Random } from './random.js'
import { type Scheduled, ScheduledEvent } from './scheduled-event.js'
import { SimProcess } from './sim-process.js'

export interface SchedulerOptions {
  /** Equal seeds give equal runs. 1 if absent. */
  readonly seed?: number | undefined
  /** The virtual time at which it begins, in milliseconds. 0 if absent. */
  readonly start?: number | undefined
  /**
   * What arrives at the same time arrives in an order drawn from the seed, not in the order in which it was scheduled. The timers
   * of one process keep theirs.
   */
  readonly shuffleTies?: boolean | undefined
  /** Calls `next` once the promise reactions that an event set off have run. The real platform's `defer` if absent. */
  readonly drain?: ((next: () => void) => void) | undefined
  /** Told of every event, just before it runs. */
  readonly trace?: ((event: { at: number; process: string; label: string }) => void) | undefined
}

/**
 * Virtual time on one thread: the earliest event runs, then the promises that it settled, then the next. Clients, stores and
 * the network between them live on it as processes and events, so a whole cluster runs in one process, many times faster than
 * in real time, and the same again from the same seed.
 */
export class Scheduler {
  readonly random: Random
  readonly #queue = new EventQueue<ScheduledEvent>()
  readonly #ties: Random | undefined
  readonly #drain: (next: () => void) => void
  readonly #trace: SchedulerOptions['trace']
  readonly #hashes = new Hashes(host.hash)
  #processes = 0
  #now: number
  #sequence = 0
  #order = 0
  #events = 0
  #hash = 0
  #onSchedule: ((at: number) => void) | undefined

  constructor(options: SchedulerOptions = {}) {
    this.random = new Random(options.seed ?? 1)
    this.#ties = options.shuffleTies ? this.random.stream('ties') : undefined
    this.#drain = options.drain ?? ((next) => host.defer(next))
    this.#trace = options.trace
    this.#now = options.start ?? 0
  }

  /** The virtual time in milliseconds. */
  get now(): number {
    return this.#now
  }

  /** How many events have run. */
  get events(): number {
    return this.#events
  }

  /** Of all that ran, in its order and at its times: two runs with equal hashes took the same course. */
  get hash(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, '0')
  }

  /** When the next event is due, and undefined when there is none. */
  get due(): number | undefined {
    return this.#next()?.at
  }

  /** A client's machine: its events can be dropped (a crash) or held (a pause). */
  process(name: string): SimProcess {
    const random = this.random.stream(`process ${this.#processes++} ${name}`)
    return new SimProcess(this, host, this.#hashes, name, random)
  }

  /** Runs `task` after `delay` milliseconds of virtual time, on the machine of `process` if one is given. */
  schedule(delay: number, task: () => void, label = 'event', process?: SimProcess): Scheduled {
    return this.#enter(new ScheduledEvent(++this.#sequence, label, process, false, task), delay)
  }

  /** `schedule` for a timer of `process`: those of one time run in order. For `SimProcess`. */
  scheduleTimer(delay: number, task: () => void, label: string, process: SimProcess): Scheduled {
    return this.#enter(new ScheduledEvent(++this.#sequence, label, process, true, task), delay)
  }

  /** Puts back what a paused process missed, as due now. For `SimProcess`. */
  release(events: readonly ScheduledEvent[]): void {
    for (const event of events) this.#enter(event, 0)
  }

  /** Runs the next event; false when there was none. The promises it settles have not run yet when this returns. */
  step(): boolean {
    const event = this.#next()
    if (event === undefined) return false
    this.#queue.pop()
    this.#now = event.at
    if (event.process?.hold(event)) return true
    const task = event.task
    event.task = undefined
    this.#events++
    this.#hash = Math.imul(this.#hash ^ event.sequence, 0x01000193) + Math.floor(event.at * 1024)
    this.#trace?.({ at: event.at, process: event.process?.name ?? '', label: event.label })
    task?.()
    return true
  }

  /**
   * Runs events until `until` holds ('done'), none is left ('idle'), or `limit` of them have run ('limit'). Rejects with what
   * an event throws.
   */
  run(options: { until?: () => boolean; limit?: number } = {}): Promise<'done' | 'idle' | 'limit'> {
    const { until, limit = Number.POSITIVE_INFINITY } = options
    const last = this.#events + limit
    return new Promise((resolve, reject) => {
      const next = () => {
        try {
          if (until?.()) resolve('done')
          else if (this.#events >= last) resolve('limit')
          else if (this.step()) this.#drain(next)
          else resolve('idle')
        } catch (error) {
          reject(error)
        }
      }
      this.#drain(next)
    })
  }

  /** Runs what is due in the next `ms` milliseconds, then sets the clock there. */
  async advance(ms: number): Promise<void> {
    const target = this.#now + ms
    await this.run({ until: () => (this.due ?? Number.POSITIVE_INFINITY) > target })
    this.skipTo(target)
  }

  /** Sets the clock to `at`, or to what is due before. */
  skipTo(at: number): void {
    this.#now = Math.max(this.#now, Math.min(at, this.due ?? at))
  }

  /** Calls `listener` whenever something is scheduled: for who drives it from outside. */
  onSchedule(listener: (at: number) => void): void {
    this.#onSchedule = listener
  }

  #enter(event: ScheduledEvent, delay: number): ScheduledEvent {
    event.at = this.#now + Math.max(0, delay)
    event.order = this.#ties === undefined || event.timer ? ++this.#order : this.#ties.next()
    this.#queue.push(event)
    this.#onSchedule?.(event.at)
    return event
  }

  #next(): ScheduledEvent | undefined {
    for (;;) {
      const event = this.#queue.peek()
      if (event === undefined || (event.task !== undefined && !event.process?.crashed)) return event
      this.#queue.pop()
    }
  }
}
