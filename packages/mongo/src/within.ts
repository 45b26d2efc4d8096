/** That the time was up. What was called may still have its effect. */
export class NoAnswer extends Error {
  readonly ms: number

  constructor(ms: number) {
    super(`no answer within ${Math.round(ms)} ms`)
    this.ms = ms
    this.name = 'NoAnswer'
  }
}

/**
 * Settles as `call` does, or rejects with `NoAnswer` after `ms` milliseconds and aborts the signal: then the driver closes the
 * connection that the call waits on, so that calls that are given up do not fill its pool. (`timeoutMS` has no effect in 7.9.)
 */
export function within<T>(ms: number, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => {
        const error = new NoAnswer(ms)
        reject(error)
        controller.abort(error)
      },
      Math.max(0, ms),
    )
    call(controller.signal)
      .finally(() => clearTimeout(timer))
      .then(resolve, reject)
  })
}
