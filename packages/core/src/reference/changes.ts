/** What a reader that does not keep up may leave behind; then the oldest are dropped, and it is told. */
const LIMIT = 10_000

/**
 * A queue of changes as an async iterable. Changes count from its making, not from the first `next()`, so nothing is lost between
 * the two.
 */
export class Changes<T extends { readonly resync: boolean }> implements AsyncIterable<T>, AsyncIterator<T> {
  private queue: T[] = []
  private dropped = false
  private waiting: { resolve(result: IteratorResult<T>): void; reject(reason: unknown): void }[] = []
  private over: { readonly reason: unknown } | undefined = undefined
  private readonly stop: () => void

  constructor(
    listen: (push: (change: T) => void) => () => void,
    private readonly signal: AbortSignal | undefined,
    private readonly ended: (changes: Changes<T>) => void,
  ) {
    this.stop = listen(this.push)
    if (signal?.aborted) this.fail(signal.reason)
    else signal?.addEventListener('abort', this.aborted, { once: true })
  }

  get isOver(): boolean {
    return this.over !== undefined
  }

  [Symbol.asyncIterator](): AsyncIterator<T> {
    return this
  }

  next(): Promise<IteratorResult<T>> {
    const change = this.queue.shift()
    if (change !== undefined) return Promise.resolve({ done: false, value: this.mark(change) })
    if (this.over !== undefined) return this.end()
    return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }))
  }

  return(): Promise<IteratorResult<T>> {
    this.queue = []
    this.finish({ reason: undefined })
    return Promise.resolve({ done: true, value: undefined })
  }

  /** Ends it with an error, behind what is queued: `undefined` ends it quietly. */
  fail(reason: unknown): void {
    this.finish({ reason })
  }

  private readonly push = (change: T): void => {
    if (this.over !== undefined) return
    const reader = this.waiting.shift()
    if (reader !== undefined) {
      reader.resolve({ done: false, value: change })
      return
    }
    this.queue.push(change)
    if (this.queue.length <= LIMIT) return
    this.queue.shift()
    this.dropped = true
  }

  private readonly aborted = (): void => this.fail(this.signal?.reason)

  private mark(change: T): T {
    if (!this.dropped) return change
    this.dropped = false
    return { ...change, resync: true }
  }

  private finish(over: { readonly reason: unknown }): void {
    if (this.over !== undefined) return
    this.over = over
    this.stop()
    this.ended(this)
    this.signal?.removeEventListener('abort', this.aborted)
    for (const reader of this.waiting) this.end().then(reader.resolve, reader.reject)
    this.waiting = []
  }

  private end(): Promise<IteratorResult<T>> {
    const reason = this.over?.reason
    return reason === undefined ? Promise.resolve({ done: true, value: undefined }) : Promise.reject(reason)
  }
}
