import { InOrder } from '../commit/in-order.js'
import type { Contender, RefState } from '../state/ref-state.js'
import type { Dosync } from './dosync.js'

/** How long one that waits looks at a turn that does not move, in ms: a slow body must not hold up the others. */
const PATIENCE_MS = 10

/** From this many lost runs on the others in this process are not the problem: those of other processes are. */
const BACK_OFF_AFTER = 3
const LOCK_AFTER = 8

/**
 * The order of those who contend for refs. Within the process they take turns; after more lost runs they back off, and as a
 * last resort they take the refs' locks, in sorted order. None of it protects anything: it spares runs that would be lost.
 */
export class Turn implements Contender {
  private states: readonly RefState[] = []
  /** How many of the refs' queues it has entered, and of how many of those it is the first. */
  private entered = 0
  private first = 0
  private go: (() => void) | undefined = undefined
  private locks: Promise<AsyncDisposable> | undefined = undefined

  constructor(private readonly dosync: Dosync<any>) {}

  /** Calls `go` when it is this one's turn, or when patience has ended. */
  wait(go: () => void): void {
    const { conflicts, host } = this.dosync
    const { contention } = host
    const next = conflicts < BACK_OFF_AFTER ? go : () => this.backOff(go)
    const states = contention.refsOf(this.dosync)
    if (this.isFirstOf(states)) return contention.soon(next)
    this.leave()
    this.states = states
    this.go = next
    this.advance()
    if (this.go !== undefined) contention.impatience.watch(this, PATIENCE_MS, this.hurry)
  }

  release(): void {
    this.go = undefined
    this.leave()
    const { locks } = this
    this.locks = undefined
    if (locks !== undefined) void unlock(locks)
  }

  /** Enters the queues one after the other, each when it is the first of the one before. */
  advance(): void {
    while (this.go !== undefined && this.first < this.states.length) {
      const state = this.states[this.first] as RefState
      state.turns ??= new InOrder()
      if (this.entered === this.first) {
        state.turns.push(this)
        this.entered++
      }
      if (state.turns.first !== this) return
      this.first++
    }
    this.start()
  }

  private start(): void {
    const { go } = this
    if (go === undefined) return
    this.go = undefined
    const { contention } = this.dosync.host
    contention.impatience.forget(this)
    contention.soon(go)
  }

  private readonly hurry = (): void => this.start()

  private isFirstOf(states: readonly RefState[]): boolean {
    if (this.first === 0 || this.first !== states.length) return false
    return states.every((state, i) => state === this.states[i])
  }

  private leave(): void {
    const { states, entered } = this
    this.dosync.host.contention.impatience.forget(this)
    this.states = []
    this.entered = 0
    this.first = 0
    for (let i = 0; i < entered; i++) {
      const { turns } = states[i] as RefState
      const wasFirst = turns?.first === this
      turns?.delete(this)
      if (wasFirst) turns?.first?.advance()
    }
  }

  private backOff(go: () => void): void {
    const { conflicts, deadline, host } = this.dosync
    const { contention } = host
    const proceed = async (): Promise<void> => {
      await contention.backOff(conflicts - BACK_OFF_AFTER)
      if (conflicts < LOCK_AFTER || this.locks !== undefined || this.dosync.isDone) return
      this.locks = contention.lockAll(this.states, deadline)
      await this.locks
    }
    proceed().then(go, (error: unknown) => {
      host.reports.noticed(error, 'contenders could not be put in order')
      go()
    })
  }
}

/** Where the locks were not granted, there is nothing to give back. */
async function unlock(locks: Promise<AsyncDisposable>): Promise<void> {
  const [taken] = await Promise.allSettled([locks])
  if (taken.status === 'fulfilled') await taken.value[Symbol.asyncDispose]()
}
