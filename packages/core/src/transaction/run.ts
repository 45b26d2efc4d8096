import { type View, visible } from '../commit/overlay.js'
import type { Clock } from '../contracts/clock.js'
import type { LocalState } from '../state/local-state.js'
import type { RefState } from '../state/ref-state.js'
import { IN_FLIGHT, type Version } from '../state/version.js'
import { ByRef, Read } from './by-ref.js'
import { RESTART } from './signals.js'

/** A range of keys that was scanned, and the last creation or deletion in it as the view has it. */
export interface Scan {
  readonly from: string
  readonly to: string
  /** Undefined where the window remembers none. */
  readonly expected: Version | undefined
  /** The position replayed when it was made: what came since must be in the window for it to be judged. */
  readonly at: number
}

/** One run of a body: its view, fixed at its start, and what it has read of it. */
export class Run implements View {
  readonly reads = new ByRef<Read>()
  /** Local refs that were read, and their values. */
  locals: Map<LocalState, unknown> | undefined = undefined
  scans: Scan[] | undefined = undefined
  ensured: Set<RefState> | undefined = undefined
  /** What is served must not be mixed with anything newer: the next run begins when this one has ended. */
  doomed = false
  /** It read what one of this client's transactions in flight wrote. */
  sawInFlight = false
  /** It waited for nothing less than the log's tail before it began. */
  fresh = false
  /** A local ref that was held: the next run waits for its release. */
  heldBack: LocalState | undefined = undefined
  /** A ref with operations of this client in flight, whose value nobody knows: the next run waits for their verdicts. */
  blockedOn: RefState | undefined = undefined
  private began: number | undefined = undefined
  private aborter: AbortController | undefined = undefined

  constructor(
    readonly position: number,
    readonly order: number,
    /** The client's count of changes to local refs when it began. */
    readonly localMoment: number,
    readonly attempt: number,
  ) {}

  /** The time that the run goes by, the same however often it is asked. */
  startedAt(clock: Clock): number {
    this.began ??= clock.now()
    return this.began
  }

  get signal(): AbortSignal {
    if (this.aborter === undefined) {
      this.aborter = new AbortController()
      if (this.doomed) this.aborter.abort(RESTART)
    }
    return this.aborter.signal
  }

  /** The version of a ref in the view; it belongs to the read set from now on. */
  read(state: RefState): Version {
    const known = this.reads.get(state)
    if (known !== undefined) return known.expected
    const version = this.see(state)
    if (version.position > this.position) this.sawInFlight = true
    this.reads.set(new Read(state, version))
    return version
  }

  /** The version of a ref in the view, without reading it: what a write that asks for nothing replaces. */
  peek(state: RefState): Version {
    if (this.doomed) throw RESTART
    const version = visible(state.top, this)
    if (version !== undefined) return version
    this.doom()
    throw RESTART
  }

  /**
   * The version of a ref in the view, whose value is asked for. What an operation of this client came to is known with its verdict, and
   * may hold more than the view does: others may have come before it.
   */
  see(state: RefState): Version {
    const version = this.peek(state)
    if (version.made === undefined || version.position <= this.position) return version
    this.blockedOn = state
    this.doom()
    throw RESTART
  }

  /** Reads it, and validates that read whatever the isolation. */
  ensure(state: RefState): void {
    this.read(state)
    this.ensured ??= new Set()
    this.ensured.add(state)
  }

  /** A range belongs to the read set; `last` is the last creation or deletion in it. */
  scan(scan: Scan, window: number): void {
    if (this.doomed) throw RESTART
    const { expected, at } = scan
    const isForgotten = this.position < at - window
    if (isForgotten || (expected !== undefined && visible(expected, this) !== expected)) {
      this.doom()
      throw RESTART
    }
    if (expected !== undefined && expected.position > this.position) this.sawInFlight = true
    this.scans ??= []
    this.scans.push(scan)
  }

  readLocal(local: LocalState): unknown {
    if (this.doomed) throw RESTART
    if (local.isHeld || local.stamp > this.localMoment) {
      this.heldBack = local
      this.doom()
      throw RESTART
    }
    this.locals ??= new Map()
    this.locals.set(local, local.value)
    return local.value
  }

  doom(reason: unknown = RESTART): void {
    if (this.doomed) return
    this.doomed = true
    this.aborter?.abort(reason)
  }

  /** Of what it read, what has no verdict yet. */
  inFlight(): Version[] {
    const versions: Version[] = []
    for (const { expected } of this.reads.items) if (expected.position === IN_FLIGHT) versions.push(expected)
    for (const { expected } of this.scans ?? []) if (expected?.position === IN_FLIGHT) versions.push(expected)
    return versions
  }

  readsNothing(): boolean {
    return this.reads.size === 0 && this.scans === undefined && this.locals === undefined
  }
}
