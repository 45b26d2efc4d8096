import type { Context } from '../platform/platform.js'
import type { TransactionHost } from '../transaction/host.js'
import type { Scope } from '../transaction/scope.js'

/** Finds the transaction that code is called in, also behind an `await`. One context serves all clients of the process. */
export class AmbientContext {
  constructor(private readonly context: Context<Scope>) {}

  run<R>(scope: Scope, body: (tx: Scope) => R): R {
    return this.context.run(scope, body, scope)
  }

  /** The innermost scope that this is called in and that has not ended. */
  innermost(): Scope | undefined {
    let scope = this.context.get()
    while (scope !== undefined && !scope.isOpen) scope = scope.around
    return scope
  }

  /** The innermost open scope of a client. */
  scopeOf(host: TransactionHost): Scope | undefined {
    let scope = this.innermost()
    while (scope !== undefined && !(scope.owner.host === host && scope.isOpen)) scope = scope.around
    return scope
  }
}
