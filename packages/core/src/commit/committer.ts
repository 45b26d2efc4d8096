import type { Appended, Log } from '../contracts/log.js'
import { AvoutError } from '../errors.js'
import type { Platform } from '../platform/platform.js'
import type { Replica } from '../replay/replica.js'
import type { Conflict } from '../replay/verdict.js'
import { backoff } from './backoff.js'
import { Flight } from './flight.js'
import type { Ingest } from './ingest.js'
import type { Overlay } from './overlay.js'
import type { Pending, PendingOwner } from './pending.js'
import type { Values } from './values.js'

/** Records on their way at once. More would only make them smaller, and conflicts with others dearer. */
const PIPELINE = 4

/** What one record may hold where the log sets no limit: replay of it should not be felt. */
const MAX_RECORD_BYTES = 4 << 20

/** The conflict of a record that the window has moved past: it is certain that it never will commit. */
const EXPIRED: Conflict = { on: '', rival: undefined }

export interface CommitterParts {
  readonly client: string
  readonly name: string | undefined
  readonly log: Log
  readonly platform: Platform
  readonly replica: Replica
  readonly overlay: Overlay
  readonly ingest: Ingest
  readonly values: Values
  readonly signal: AbortSignal
  /** The log refused for good: this client cannot go on. */
  failed(error: unknown): void
}

/** Group commit with speculation: gathers transactions into records, appends them, and sends again what got no answer. */
export class Committer {
  private numbers = 0
  private scheduled = false
  /** Values of a record are being written ahead of it: those behind it wait, so that records keep their order. */
  private preparing = false
  /** The record that takes the next transaction, behind those that are full. */
  private readonly forming: Flight[] = []
  /** Being prepared or sent, not judged. */
  private readonly flying = new Set<Flight>()
  private idle: (() => void)[] = []
  /** Values on their way to their containers, also where nobody's commit waits for them. */
  private readonly storing = new Set<Promise<unknown>>()

  constructor(private readonly parts: CommitterParts) {}

  get inFlight(): number {
    return this.flying.size
  }

  /** The largest transaction that fits into a record, in bytes. */
  get maxBytes(): number {
    return this.parts.log.maxBytes ?? MAX_RECORD_BYTES
  }

  /** The record that the next transaction of `size` bytes goes into: its place there names the versions that it writes. */
  flightFor(size: number): Flight {
    let flight = this.forming.at(-1)
    if (flight === undefined || flight.size + size > this.maxBytes) {
      flight = new Flight(this.parts.client, this.parts.name, ++this.numbers)
      flight.size = 200
      this.forming.push(flight)
    }
    return flight
  }

  enter(flight: Flight, pending: Pending, size: number): void {
    flight.transactions.push(pending)
    flight.size += size
    this.parts.overlay.push(pending)
    this.schedule()
  }

  /** Takes back a transaction; one that was sent is beyond that. */
  withdraw(pending: Pending, conflict: Conflict): void {
    if (pending.sent) return
    this.drop(pending)
    this.parts.overlay.giveUp([pending], conflict)
  }

  drop(pending: Pending): void {
    for (const flight of this.forming) if (flight.transactions.includes(pending)) flight.drop(pending)
    for (const flight of this.flying) if (flight.transactions.includes(pending)) flight.drop(pending)
  }

  /** The record in flight with these bytes, if one is: an entry that was read need not be decoded then. */
  recognize(bytes: Uint8Array): Flight | undefined {
    for (const flight of this.flying) {
      if (flight.bytes !== undefined && sameBytes(flight.bytes, bytes)) return flight
    }
    return undefined
  }

  /** After an entry was applied: what was judged lands, and what the window has moved past is given up. */
  applied(own: Flight | undefined): void {
    if (own !== undefined) this.land(own)
    if (this.flying.size === 0) return
    const { replica, overlay } = this.parts
    const { window } = replica.window
    for (const flight of this.flying) {
      if (flight.bytes === undefined || replica.position < flight.s + window) continue
      this.flying.delete(flight)
      flight.judged = true
      overlay.giveUp(flight.transactions, EXPIRED)
    }
    if (this.flying.size < PIPELINE && this.forming.length > 0) this.schedule()
    this.wakeIdle()
  }

  /** Resolves when nothing is forming or in flight, and what was committed is stored or left to redo. */
  async settled(): Promise<void> {
    while (this.forming.length > 0 || this.flying.size > 0) {
      await new Promise<void>((resolve) => this.idle.push(resolve))
    }
    await Promise.all(this.storing)
  }

  private schedule(): void {
    if (this.scheduled) return
    this.scheduled = true
    this.parts.platform.defer(this.flush)
  }

  private readonly flush = (): void => {
    this.scheduled = false
    while (!this.preparing && this.forming.length > 0 && this.flying.size < PIPELINE) {
      const flight = this.forming.shift() as Flight
      if (flight.isEmpty) continue
      this.flying.add(flight)
      flight.s = this.parts.replica.position
      flight.h = this.parts.replica.hash
      flight.attest()
      if (flight.hasExternal) void this.prepare(flight)
      else this.send(flight)
    }
    this.wakeIdle()
  }

  /** Values that do not travel in the record are in their containers before it is appended, and after its `s` was fixed. */
  private async prepare(flight: Flight): Promise<void> {
    this.preparing = true
    await this.parts.values.storeExternal(flight, (pending, error) => {
      flight.drop(pending)
      this.parts.overlay.giveUp([pending], { on: '', rival: undefined, error })
    })
    this.preparing = false
    this.send(flight)
    this.schedule()
  }

  private send(flight: Flight): void {
    if (flight.isEmpty) {
      this.flying.delete(flight)
      this.schedule()
      return
    }
    const bytes = flight.encode()
    this.parts.values.send(flight)
    this.transmit(flight, bytes, 0)
  }

  private transmit(flight: Flight, bytes: Uint8Array, attempt: number): void {
    this.append(flight, bytes).then(
      ({ position, missed }) => {
        flight.besideStored()
        this.parts.ingest.appended(position, missed, bytes, flight)
      },
      (error: unknown) => this.unanswered(flight, bytes, attempt, error),
    )
  }

  private append({ beside }: Flight, bytes: Uint8Array): Promise<Appended> {
    const { log, replica } = this.parts
    if (beside === undefined || log.appendWith === undefined) return log.append(bytes, replica.position)
    return log.appendWith(bytes, replica.position, beside.entries)
  }

  /** The append may have been applied or not: replay tells, and sending the same bytes again is safe. */
  private async unanswered(flight: Flight, bytes: Uint8Array, attempt: number, error: unknown): Promise<void> {
    const { ingest, platform, signal, failed, values } = this.parts
    if (flight.judged) return values.detached(flight)
    if (AvoutError.isInstance(error)) {
      if (error.kind === 'invalid') return this.refused(flight, error)
      if (error.kind === 'diverged' || error.kind === 'incompatible') return failed(error)
    }
    try {
      await ingest.learnTail()
      if (!flight.judged) await backoff(platform, attempt, signal) // not there, or still on its way
    } catch (again) {
      if (signal.aborted) return
      await Promise.allSettled([backoff(platform, attempt, signal)])
      return this.unanswered(flight, bytes, attempt + 1, again)
    }
    if (flight.judged) return values.detached(flight)
    this.transmit(flight, bytes, attempt + 1)
  }

  /** Certainly not in the log. */
  private refused(flight: Flight, error: AvoutError): void {
    this.flying.delete(flight)
    flight.judged = true
    this.parts.overlay.giveUp(flight.transactions, { on: '', rival: undefined, error })
    this.schedule()
  }

  private land(flight: Flight): void {
    this.flying.delete(flight)
    flight.judged = true
    flight.awaitBeside()
    this.parts.values.landed(flight)
    const { stored } = flight
    landAll(flight, (owner) => stored === undefined || !owner.waitsForValues)
    if (stored === undefined) this.parts.values.stored(flight)
    else this.landStored(flight, stored)
    this.wakeIdle()
  }

  private landStored(flight: Flight, stored: Promise<unknown>): void {
    this.storing.add(stored)
    void stored.then(() => {
      this.storing.delete(stored)
      this.parts.values.stored(flight)
      landAll(flight, (owner) => owner.waitsForValues)
    })
  }

  private wakeIdle(): void {
    if (this.idle.length === 0 || this.forming.length > 0 || this.flying.size > 0) return
    const waiting = this.idle
    this.idle = []
    for (const wake of waiting) wake()
  }
}

/** Tells the winners of a record, as far as they are `meant`. */
function landAll({ transactions }: Flight, meant: (owner: PendingOwner) => boolean): void {
  for (const pending of transactions) {
    if (pending !== undefined && !pending.dead && meant(pending.owner)) pending.owner.landed()
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a === b) return true
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
