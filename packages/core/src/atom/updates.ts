import { backoff } from '../commit/backoff.js'
import type { Data } from '../contracts/data.js'
import { ConflictError, OutcomeUnknownError, UnavailableError } from '../errors.js'
import type { Platform } from '../platform/platform.js'
import { isSame } from './cell.js'
import type { Known } from './known.js'

/** One change of an atom on its way. */
export interface Update {
  /** The data that it makes of what is there; what it was given where it changes nothing. What it throws rejects its caller. */
  apply(data: Data | undefined): Data | undefined
  /** It took place: `before` became `after`, or was found to stay. */
  done(before: Data | undefined, after: Data | undefined): void
  failed(error: unknown): void
  /** On the clock. */
  readonly deadline: number
}

/** What an update came to on a value that may not be the newest. */
interface Step {
  readonly update: Update
  readonly before: Data | undefined
  readonly after: Data | undefined
  readonly error: { readonly error: unknown } | undefined
}

/** Lost so often against other processes, a change pauses before it is tried again. */
const LOSSES_AT_ONCE = 2

/**
 * The changes of one process to one atom, combined: those that wait are applied in order to the value that is known, and go out
 * as one compare-and-set. Contenders of a process so cost one round trip together, and conflict with other processes only (flat
 * combining: Hendler, Incze, Shavit and Tzafrir, SPAA 2010). A value that is known needs no read: if it is not the newest, the
 * comparison says so.
 */
export class Updates {
  private waiting: Update[] = []
  private running: Promise<void> | undefined = undefined

  constructor(
    private readonly name: string,
    private readonly known: Known,
    private readonly platform: Platform,
  ) {}

  add(update: Update): void {
    this.waiting.push(update)
    this.running ??= this.run()
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    while (this.running !== undefined) await this.running
  }

  private async run(): Promise<void> {
    await undefined // what is asked for in one go goes together
    while (this.waiting.length > 0) {
      const batch = this.waiting
      this.waiting = []
      await this.commit(batch)
    }
    this.running = undefined
  }

  private async commit(batch: readonly Update[]): Promise<void> {
    let left = batch
    let isFresh = false
    for (let losses = 0; left.length > 0; ) {
      try {
        if (losses > 0 || !this.known.isKnown) {
          await this.known.read()
          isFresh = true
        }
        const before = this.known.data
        const steps = stepsFrom(before, left)
        const after = steps.at(-1)?.after
        if (isSame(before, after)) {
          // Nothing to write: but what was found so, or refused, must not be of yesterday.
          if (!isFresh) {
            await this.known.read()
            isFresh = true
            continue
          }
        } else if (!(await this.change(before, after as Data, left))) {
          left = this.timely(left, ++losses)
          if (losses > LOSSES_AT_ONCE) await backoff(this.platform, losses)
          continue
        }
        return settle(steps)
      } catch (error) {
        for (const update of left) update.failed(error)
        return
      }
    }
  }

  private async change(before: Data | undefined, after: Data, updates: readonly Update[]): Promise<boolean> {
    try {
      return await this.known.compareAndSet(before, after)
    } catch (error) {
      if (!UnavailableError.isInstance(error)) throw error
      const message = `it is not known whether ${updates.length === 1 ? 'the change' : `${updates.length} changes`} of the atom ${this.name} took place: its store was asked, and did not answer`
      throw new OutcomeUnknownError(message, this.name, { cause: error })
    }
  }

  /** Those that may go on trying. */
  private timely(updates: readonly Update[], losses: number): readonly Update[] {
    const now = this.platform.clock.now()
    return updates.filter((update) => {
      if (update.deadline > now) return true
      const message = `the atom ${this.name} was changed by others ${losses} times in a row, until the time was up`
      update.failed(new ConflictError(message, { refs: [this.name], attempts: losses }))
      return false
    })
  }
}

function stepsFrom(data: Data | undefined, updates: readonly Update[]): Step[] {
  let before = data
  return updates.map((update) => {
    try {
      const after = update.apply(before)
      const step = { update, before, after, error: undefined }
      before = after
      return step
    } catch (error) {
      return { update, before, after: before, error: { error } }
    }
  })
}

function settle(steps: readonly Step[]): void {
  for (const { update, before, after, error } of steps) {
    if (error === undefined) update.done(before, after)
    else update.failed(error.error)
  }
}
