import type { Entry, Log } from '../contracts/log.js'
import { LogDivergedError, UnavailableError } from '../errors.js'
import type { Platform } from '../platform/platform.js'
import type { Replica } from '../replay/replica.js'
import { backoff } from './backoff.js'
import type { Flight } from './flight.js'

/** How many entries one read asks for. */
const PAGE = 256

export interface IngestParts {
  readonly log: Log
  readonly replica: Replica
  readonly platform: Platform
  /** Aborts when the client ends. */
  readonly signal: AbortSignal
  recognize(bytes: Uint8Array): Flight | undefined
  /** An entry was applied; `own` is its record where this client sent it. */
  applied(own: Flight | undefined): void
  /** This client cannot go on. */
  failed(error: unknown): void
  /** A read in the background failed; it will be made again. */
  unreadable(error: unknown): void
}

interface Arrived {
  readonly bytes: Uint8Array
  readonly own: Flight | undefined
}

/** Brings the log's entries to the replica in order, whichever answer they arrive with, and learns the tail. */
export class Ingest {
  /** Entries that arrived before those in front of them. */
  private readonly early = new Map<number, Arrived>()
  private isCatchingUp = false
  private reading: Promise<number> | undefined
  private checking: Promise<number> | undefined
  private nextCheck: Promise<number> | undefined
  /** When the last completed tail check began, by the clock; and what it answered. */
  private checkedAt = Number.NEGATIVE_INFINITY
  private checkedTail = 0
  /** The newest position known to exist. */
  private known = 0
  /** Why nothing is replayed any more. */
  private failure: { readonly error: unknown } | undefined = undefined

  constructor(private readonly parts: IngestParts) {}

  /** Entries known to exist and not replayed. */
  get lag(): number {
    return Math.max(0, this.known - this.parts.replica.position)
  }

  /** The answer to an append: its own entry, and those that were missed. */
  appended(position: number, missed: readonly Entry[], bytes: Uint8Array, flight: Flight): void {
    for (const entry of missed) this.arrived(entry.position, entry.record, undefined)
    this.arrived(position, bytes, flight)
    this.drain()
    if (this.parts.replica.position < position) void this.catchUp()
  }

  /** Whether what is replayed covers a tail check that began at most `staleness` ms ago. */
  isFresh(staleness: number): boolean {
    return (
      staleness > 0 &&
      this.parts.platform.clock.now() - this.checkedAt <= staleness &&
      this.parts.replica.position >= this.checkedTail
    )
  }

  /**
   * Learns the log's tail and replays up to it. One round trip, shared by those who asked before it began: a check that is
   * under way may have read the tail before they asked.
   */
  async learnTail(): Promise<number> {
    const tail = await this.sharedTail()
    await this.readTo(tail)
    return tail
  }

  /** Replays what there is, without a promise about the tail: after a push. */
  async readOn(): Promise<void> {
    while ((await this.readPage()) === PAGE);
  }

  private sharedTail(): Promise<number> {
    if (this.checking === undefined) {
      this.checking = this.check()
      return this.checking
    }
    this.nextCheck ??= this.checking.then(this.checkAgain, this.checkAgain)
    return this.nextCheck
  }

  private readonly checkAgain = (): Promise<number> => {
    this.nextCheck = undefined
    this.checking = this.check()
    return this.checking
  }

  private async check(): Promise<number> {
    const began = this.parts.platform.clock.now()
    const { position } = this.parts.replica // what is replayed while the answer is on its way may be behind it
    try {
      const tail = await this.parts.log.tail()
      if (tail < position) {
        throw new LogDivergedError(
          `the log ends at ${tail}, but this client had replayed it up to ${position}: the store lost entries`,
        )
      }
      this.checkedAt = began
      this.checkedTail = tail
      this.known = Math.max(this.known, tail)
      return tail
    } catch (error) {
      if (LogDivergedError.isInstance(error)) this.fail(error)
      throw error
    } finally {
      this.checking = undefined
    }
  }

  /** Replays up to a position that is known to exist. */
  private async readTo(position: number): Promise<void> {
    const { replica } = this.parts
    while (replica.position < position) {
      if (this.reading !== undefined) {
        await this.reading // it may have begun before that position existed
        continue
      }
      const before = replica.position
      await this.readPage()
      if (this.failure !== undefined) throw this.failure.error
      if (replica.position === before) {
        throw new UnavailableError(`the log answered no entry behind ${before}, although it reaches ${position}`, 'log')
      }
    }
  }

  /** Shared by those who want it at the same time; answers how many entries came. */
  private readPage(): Promise<number> {
    this.reading ??= this.fetchPage()
    return this.reading
  }

  private async fetchPage(): Promise<number> {
    try {
      const entries = await this.parts.log.read(this.parts.replica.position, PAGE)
      for (const entry of entries) this.arrived(entry.position, entry.record, undefined)
      this.drain()
      const [first] = entries
      if (first !== undefined && first.position > this.parts.replica.position + 1) {
        const gap = `${this.parts.replica.position + 1} to ${first.position - 1}`
        this.fail(new LogDivergedError(`entries ${gap} are gone from the log before this client replayed them`))
      }
      return entries.length
    } finally {
      this.reading = undefined
    }
  }

  private fail(error: unknown): void {
    this.failure = { error }
    this.parts.failed(error)
  }

  /** An answer left a gap: there are verdicts in it that nobody else may ask for. */
  private async catchUp(): Promise<void> {
    if (this.isCatchingUp) return
    this.isCatchingUp = true
    const { platform, replica, signal, unreadable } = this.parts
    for (let attempt = 0; replica.position < this.known && !signal.aborted; attempt++) {
      try {
        if (attempt > 0) await backoff(platform, attempt, signal)
        await this.readTo(this.known)
      } catch (error) {
        unreadable(error)
      }
    }
    this.isCatchingUp = false
  }

  private arrived(position: number, bytes: Uint8Array, own: Flight | undefined): void {
    if (position > this.known) this.known = position
    if (position <= this.parts.replica.position) return
    if (own !== undefined || !this.early.has(position)) this.early.set(position, { bytes, own })
  }

  private drain(): void {
    const { replica } = this.parts
    for (;;) {
      const next = this.early.get(replica.position + 1)
      if (next === undefined || this.failure !== undefined) return
      this.early.delete(replica.position + 1)
      // One that is judged already is answered with a later copy's place, or came too late for the window: nobody waits for it.
      const own = next.own?.judged === false ? next.own : this.parts.recognize(next.bytes)
      try {
        replica.apply(next.bytes, own)
      } catch (error) {
        this.fail(error)
        return
      }
      this.parts.applied(own)
    }
  }
}
