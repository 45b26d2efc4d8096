/** The operations that a scope has begun: its end waits for them, and the first that fails fails it. */
export class Operations {
  failure: { readonly error: unknown } | undefined = undefined
  private pending = 0
  private idle: (() => void) | undefined = undefined

  /** Some are under way: the body has ended, they have not. */
  get areBusy(): boolean {
    return this.pending > 0
  }

  /** Resolves when every operation that was begun has ended. */
  settled(): Promise<void> {
    if (this.pending === 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.idle = resolve
    })
  }

  track<R>(operation: Promise<R>): Promise<R> {
    this.pending++
    operation.then(
      () => this.finish(),
      (error: unknown) => {
        this.failure ??= { error }
        this.finish()
      },
    )
    return operation
  }

  /** Waits for one whose failure is its caller's to catch; where nobody does, the machine tells of an unhandled rejection. */
  await<R>(operation: Promise<R>): Promise<R> {
    this.pending++
    return operation.finally(() => this.finish())
  }

  /** One that failed at once. Nobody has to await the promise for the failure to be seen. */
  fail(error: unknown): Promise<never> {
    this.failure ??= { error }
    const failed = Promise.reject(error)
    failed.catch(kept)
    return failed
  }

  private finish(): void {
    if (--this.pending === 0) this.idle?.()
  }
}

function kept(): void {}
