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
  /** The index of the ref whose queue it stands in, as the first or behind others. */
  private at = 0
  private go: (() => void) | undefined = undefined
  private locks: Promise<AsyncDisposable> | undefined = undefined

  constructor(private readonly dosync: Dosync<any>) {}

  /** Calls `go` when it is this one's turn, or when patience has ended. */
  wait(go: () => void): void {
    const { conflicts, host } = this.dosync
    const next = conflicts < BACK_OFF_AFTER ? go : () => this.backOff(go)
    const states = host.contention.refsOf(this.dosync)
    if (this.at === this.states.length && this.states.length > 0 && sameStates(states, this.states)) return next()
    this.leave()
    this.states = states
    this.at = 0
    this.go = next
    this.proceed()
    if (this.go !== undefined) host.contention.impatience.watch(this, PATIENCE_MS, this.hurry)
  }

  release(): void {
    this.go = undefined
    this.leave()
    const { locks } = this
    this.locks = undefined
    if (locks !== undefined) void unlock(locks)
  }

  private proceed(): void {
    while (this.at < this.states.length) {
      const state = this.states[this.at] as RefState
      state.turns ??= []
      if (!state.turns.includes(this)) state.turns.push(this)
      if (state.turns[0] !== this) return
      this.at++
    }
    this.start()
  }

  /** Another one has left a queue in front of this. */
  advance(): void {
    if (this.go !== undefined) this.proceed()
  }

  private start(): void {
    const { go } = this
    this.go = undefined
    this.dosync.host.contention.impatience.forget(this)
    go?.()
  }

  private readonly hurry = (): void => {
    if (this.go !== undefined) this.start()
  }

  private leave(): void {
    this.dosync.host.contention.impatience.forget(this)
    const { states } = this
    this.states = []
    for (const state of states) {
      const { turns } = state
      if (turns === undefined) continue
      const wasFirst = turns[0] === this
      const at = turns.indexOf(this)
      if (at >= 0) turns.splice(at, 1)
      if (turns.length === 0) state.turns = undefined
      else if (wasFirst) turns[0]?.advance()
    }
  }

  private backOff(go: () => void): void {
    const { host, conflicts } = this.dosync
    const proceed = async (): Promise<void> => {
      await host.contention.backOff(conflicts - BACK_OFF_AFTER)
      if (conflicts >= LOCK_AFTER && this.locks === undefined && !this.dosync.isDone) {
        this.locks = host.contention.lockAll(this.states, this.dosync.deadline)
        await this.locks
      }
    }
    proceed().then(go, (error: unknown) => {
      host.noticed(error, 'contenders could not be put in order')
      go()
    })
  }
}

function sameStates(a: readonly RefState[], b: readonly RefState[]): boolean {
  return a.length === b.length && a.every((state, i) => state === b[i])
}

/** Where the locks were not granted, there is nothing to give back. */
async function unlock(locks: Promise<AsyncDisposable>): Promise<void> {
  const [taken] = await Promise.allSettled([locks])
  if (taken.status === 'fulfilled') await taken.value[Symbol.asyncDispose]()
}
