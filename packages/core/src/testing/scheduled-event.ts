import type { Timed } from './event-queue.js'
import type { SimProcess } from './sim-process.js'

/** An event that can still be called off. */
export interface Scheduled {
  cancel(): void
}

/** What the scheduler's queue holds. Done or cancelled, it has no task any more. */
export class ScheduledEvent implements Timed, Scheduled {
  at: number
  order: number
  readonly sequence: number
  readonly label: string
  readonly process: SimProcess | undefined
  readonly timer: boolean
  task: (() => void) | undefined

  constructor(sequence: number, label: string, process: SimProcess | undefined, timer: boolean, task: () => void) {
    this.at = 0
    this.order = 0
    this.sequence = sequence
    this.label = label
    this.process = process
    this.timer = timer
    this.task = task
  }

  cancel(): void {
    this.task = undefined
  }
}
