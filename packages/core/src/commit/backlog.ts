import type { Logger } from '../api/logger.js'
import type { Platform } from '../platform/platform.js'
import type { RefState } from '../state/ref-state.js'
import type { Version } from '../state/version.js'
import { backoff } from './backoff.js'
import type { Home } from './homes.js'
import { orAborted } from './or-aborted.js'

/** How many versions one batch carries. */
const BATCH = 256

export interface BacklogParts {
  readonly platform: Platform
  /** Aborts when the client ends. */
  readonly signal: AbortSignal
  readonly logger: Logger | undefined
  /** What it does, as a log line calls it. */
  readonly what: string
  /** Brings a batch home: one version a ref. What it rejects with is logged, and the batch is tried again. */
  write(home: Home, versions: readonly Version[]): Promise<void>
  /** How long versions may gather before they are written, in ms: many versions of a ref then cost one write. */
  gather(home: Home): number
  /** Nothing is left to write to some home. */
  emptied?(): void
}

/** What waits for one home. */
interface Queue {
  readonly byRef: Map<RefState, Version>
  isRunning: boolean
  /** Called when all that was there when they came is written. */
  waiting: (() => void)[]
  /** Ends the gathering; undefined while nothing gathers. */
  hurry: (() => void) | undefined
}

/** Committed versions on their way to their homes, of each ref the newest alone, until they are there. */
export class Backlog {
  private readonly queues = new Map<Home, Queue>()

  constructor(private readonly parts: BacklogParts) {}

  size(home: Home): number {
    return this.queues.get(home)?.byRef.size ?? 0
  }

  /** Takes over versions whose transactions are valid. */
  add(home: Home, versions: readonly Version[]): void {
    if (versions.length === 0) return
    let queue = this.queues.get(home)
    if (queue === undefined) {
      queue = { byRef: new Map(), isRunning: false, waiting: [], hurry: undefined }
      this.queues.set(home, queue)
    }
    for (const version of versions) {
      const kept = queue.byRef.get(version.state)
      if (kept === undefined || kept.position < version.position) queue.byRef.set(version.state, version)
    }
    if (!queue.isRunning) void this.run(home, queue)
  }

  /** Resolves when all that was taken over before the call is written, or the client has ended. */
  async finish(signal?: AbortSignal): Promise<void> {
    const written: Promise<void>[] = []
    for (const queue of this.queues.values()) {
      if (!queue.isRunning) continue
      written.push(new Promise((resolve) => queue.waiting.push(resolve)))
      queue.hurry?.()
    }
    if (written.length > 0) await orAborted(Promise.all(written), signal)
  }

  private async run(home: Home, queue: Queue): Promise<void> {
    const { platform, signal, logger, what } = this.parts
    queue.isRunning = true
    let attempt = 0
    while (queue.byRef.size > 0 && !signal.aborted) {
      if (attempt === 0) await this.gather(home, queue)
      const { waiting } = queue
      queue.waiting = []
      try {
        await this.writeAll(home, queue.byRef)
        attempt = 0
        for (const done of waiting) done()
      } catch (error) {
        queue.waiting.push(...waiting)
        logger?.debug({ backend: home.id, attempt, error }, `${what}: it will be tried again`)
        await pause(backoff(platform, attempt++, signal))
      }
    }
    queue.isRunning = false
    for (const done of queue.waiting.splice(0)) done()
    this.parts.emptied?.()
  }

  /** What is there now, batch by batch; what is added meanwhile is for the next time. */
  private async writeAll(home: Home, byRef: Map<RefState, Version>): Promise<void> {
    const versions = [...byRef.values()]
    for (let i = 0; i < versions.length && !this.parts.signal.aborted; i += BATCH) {
      const batch = versions.slice(i, i + BATCH)
      await this.parts.write(home, batch)
      for (const version of batch) if (byRef.get(version.state) === version) byRef.delete(version.state)
    }
  }

  private async gather(home: Home, queue: Queue): Promise<void> {
    const ms = this.parts.gather(home)
    if (ms === 0 || queue.waiting.length > 0) return
    const { signal, platform } = this.parts
    await new Promise<void>((resolve) => {
      const end = () => {
        timer.cancel()
        signal.removeEventListener('abort', end)
        queue.hurry = undefined
        resolve()
      }
      const timer = platform.setTimer(ms, end)
      signal.addEventListener('abort', end)
      queue.hurry = end
    })
  }
}

/** A pause that closing the client may cut short: the loop looks at the signal next. */
async function pause(sleeping: Promise<void>): Promise<void> {
  await Promise.allSettled([sleeping])
}
