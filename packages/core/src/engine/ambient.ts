import type { Context } from '../platform/platform.js'
import type { TransactionHost } from '../transaction/host.js'
import type { Scope } from '../transaction/scope.js'

interface Frame {
  readonly host: TransactionHost
  readonly scope: Scope
  readonly outer: Frame | undefined
}

/** Finds the transaction that code is called in, also behind an `await`. One context serves all clients of the process. */
export class AmbientContext {
  constructor(private readonly context: Context<Frame>) {}

  run<R>(host: TransactionHost, scope: Scope, body: (tx: Scope) => R): R {
    const frame: Frame = { host, scope, outer: this.context.get() }
    return this.context.run(frame, () => body(scope))
  }

  /** The innermost open scope of a client. */
  scopeOf(host: TransactionHost): Scope | undefined {
    for (let frame = this.context.get(); frame !== undefined; frame = frame.outer) {
      if (frame.host === host && frame.scope.isOpen) return frame.scope
    }
    return undefined
  }
}
