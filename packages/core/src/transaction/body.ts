import type { Awaitable, Tx } from '../api/transaction.js'
import type { Dosync } from './dosync.js'
import type { Scope } from './scope.js'

/** What a body came to: its value, or what it threw. */
export type Outcome = { readonly value: unknown } | { readonly error: unknown }

/** Runs a body in its scope. What it came to is decided upon when all that it began has settled. */
export function runBody<R>(dosync: Dosync<R>, scope: Scope, body: (tx: Tx) => Awaitable<R>): void {
  let result: Awaitable<R>
  try {
    result = dosync.host.enter(scope, body)
  } catch (error) {
    settle(dosync, scope, { error })
    return
  }
  if (isThenable(result)) {
    result.then(
      (value) => settle(dosync, scope, { value }),
      (error: unknown) => settle(dosync, scope, { error }),
    )
  } else settle(dosync, scope, { value: result })
}

function settle(dosync: Dosync<any>, scope: Scope, outcome: Outcome): void {
  const { operations } = scope
  if (operations.areBusy) void operations.settled().then(() => dosync.decide(scope, outcome))
  else dosync.decide(scope, outcome)
}

function isThenable<T>(value: Awaitable<T>): value is PromiseLike<T> {
  return typeof (value as PromiseLike<T> | null | undefined)?.then === 'function'
}
