/**
 * The state of a ref that lives in this process only. While a transaction that read or wrote it is in flight it is held: nobody
 * can build on what may turn out never to have been.
 */
export class LocalState {
  readonly listeners = new Set<(before: unknown, after: unknown) => void>()
  /** Throws for a value that it may not get. */
  validate: (value: unknown) => void = anything
  /** When it was last changed or released by a writer, on the client's count of such moments. */
  stamp = 0
  private readers = 0
  private writing = false
  private waiting: (() => void)[] = []

  constructor(
    readonly name: string,
    public value: unknown,
  ) {}

  /** Held by a writer in flight: its value is not known. */
  get isHeld(): boolean {
    return this.writing
  }

  /** Free for somebody who would write it, or only read it. */
  isFree(toWrite: boolean): boolean {
    return !this.writing && !(toWrite && this.readers > 0)
  }

  hold(toWrite: boolean): void {
    if (toWrite) this.writing = true
    else this.readers++
  }

  release(wrote: boolean, stamp: number): void {
    if (wrote) {
      this.writing = false
      this.stamp = stamp
    } else this.readers--
    const waiting = this.waiting
    this.waiting = []
    for (const wake of waiting) wake()
  }

  set(value: unknown): void {
    const before = this.value
    this.value = value
    for (const listener of this.listeners) listener(before, value)
  }

  /** Resolves at the next release. */
  released(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve))
  }
}

function anything(): void {}
