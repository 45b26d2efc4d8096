/**
 * This client's operations on one ref that have no verdict: what they come to is not known, so who asks for the ref's value waits.
 * While somebody waits in earnest, further operations are held back, or a counter that never rests could never be read.
 */
export class Operating {
  private inFlight = 0
  private addedBytes = 0
  private claims = 0
  private readers: (() => void)[] = []
  private held: (() => void)[] = []

  get isBusy(): boolean {
    return this.inFlight > 0
  }

  /** Whether operations are held back. */
  get isClaimed(): boolean {
    return this.claims > 0
  }

  /** How much those in flight may add to the ref's value, in bytes. */
  get bytes(): number {
    return this.addedBytes
  }

  enter(bytes: number): void {
    this.inFlight++
    this.addedBytes += bytes
  }

  leave(bytes: number): void {
    this.inFlight--
    this.addedBytes -= bytes
    if (this.inFlight === 0) this.readers = wake(this.readers)
  }

  /** Calls `then` when none is in flight: while the log is replayed, so it must not run user code. */
  whenIdle(then: () => void): void {
    this.readers.push(then)
  }

  claim(): void {
    this.claims++
  }

  unclaim(): void {
    this.claims--
    if (this.claims === 0) this.held = wake(this.held)
  }

  /** Calls `go` when operations are held back no more. */
  whenFree(go: () => void): void {
    this.held.push(go)
  }
}

function wake(waiting: readonly (() => void)[]): (() => void)[] {
  for (const go of waiting) go()
  return []
}
